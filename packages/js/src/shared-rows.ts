/**
 * One subscription for all parts of a page that want the same rows of the same client.
 *
 * It opens with the first listener and closes when the last one has left. A listener that leaves and
 * comes back at once, as under React's StrictMode, or one that takes the place of another, finds it
 * open. When another user signs in, or the user signs out, it begins anew: nobody sees rows of the
 * user before.
 */
import { liveRows } from "./live-rows.ts";
import type { Client } from "./live-types.ts";
import { type LiveOptions, type LiveRows, type LiveView, NOTHING } from "./live-view.ts";

export interface SharedRows<Row> {
  /** What is open now, if anything is. */
  open(): OpenRows<Row> | undefined;
  view(): LiveView<Row>;
  subscribe(listener: () => void): () => void;
}

export interface OpenRows<Row> {
  readonly live: LiveRows<Row>;
  /** The order in which it keeps the rows. */
  readonly sort: LiveOptions<Row>["sort"];
}

// deno-lint-ignore no-explicit-any
const subscriptions = new WeakMap<Client, Map<string, Subscription<any>>>();

/** The rows that the options describe. Nothing is opened before somebody subscribes. */
export function sharedRows<Row extends object>(
  client: Client,
  options: LiveOptions<Row>,
): SharedRows<Row> {
  const name = nameOf(options);
  const open = (): Subscription<Row> | undefined => subscriptions.get(client)?.get(name);
  return {
    open,
    view: () => open()?.live.view ?? NOTHING,
    subscribe: (listener) => (open() ?? opened(client, name, options)).follow(listener),
  };
}

/** The same for options that are equal by value. Functions do not count: the first one's hold. */
export function nameOf(options: object): string {
  return JSON.stringify(options, (_name, value) => {
    if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value).sort(([left], [right]) => left < right ? -1 : 1),
    );
  });
}

function opened<Row extends object>(
  client: Client,
  name: string,
  options: LiveOptions<Row>,
): Subscription<Row> {
  const ofClient = subscriptions.get(client) ?? new Map();
  subscriptions.set(client, ofClient);
  const subscription = new Subscription(client, options, () => ofClient.delete(name));
  ofClient.set(name, subscription);
  return subscription;
}

class Subscription<Row extends object> implements OpenRows<Row> {
  readonly sort: LiveOptions<Row>["sort"];
  live: LiveRows<Row>;
  readonly #listeners = new Set<() => void>();
  readonly #forget: () => void;
  readonly #unfollowUser: () => void;
  #leaving: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client, options: LiveOptions<Row>, forget: () => void) {
    const begin = () => {
      const live = liveRows(client, options);
      live.subscribe(this.#tell);
      return live;
    };
    this.sort = options.sort;
    this.#forget = forget;
    this.live = begin();
    this.#unfollowUser = whenUserChanges(client, () => {
      this.live.close();
      this.live = begin();
      this.#tell();
    });
  }

  follow(listener: () => void): () => void {
    const own = () => listener(); // the same function may follow twice
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
      // Closed once only: later, others may have opened rows of the same name.
      clearTimeout(this.#leaving);
      this.#leaving = setTimeout(() => this.#closeIfLeft());
    };
  }

  readonly #tell = (): void => {
    for (const listener of this.#listeners) listener();
  };

  #closeIfLeft(): void {
    if (this.#listeners.size) return;
    this.#forget();
    this.#unfollowUser();
    this.live.close();
  }
}

/** Calls `changed` when it is no longer the same user who is signed in; returns how to end that. */
function whenUserChanges(client: Client, changed: () => void): () => void {
  let known = false;
  let user: string | undefined;
  try {
    const { data } = client.auth.onAuthStateChange((_event, session) => {
      const before = user;
      user = session?.user.id;
      if (known && user !== before) changed();
      known = true;
    });
    return () => data.subscription.unsubscribe();
  } catch {
    return () => {}; // A client with the option `accessToken` has no `auth`.
  }
}
