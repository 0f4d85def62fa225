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
    // Entries are compared as texts, which begin with their names.
    return value?.constructor === Object ? Object.fromEntries(Object.entries(value).sort()) : value;
  });
}

function opened<Row extends object>(
  client: Client,
  name: string,
  options: LiveOptions<Row>,
): Subscription<Row> {
  const ofClient = subscriptions.get(client) ?? new Map();
  subscriptions.set(client, ofClient);
  const listeners = new Set<() => void>();
  let leaving: ReturnType<typeof setTimeout> | undefined;
  const tell = () => listeners.forEach((listener) => listener());
  const begin = () => {
    const live = liveRows(client, options);
    live.subscribe(tell);
    return live;
  };
  const closeIfLeft = () => {
    if (listeners.size) return;
    ofClient.delete(name);
    unfollowUser();
    subscription.live.close();
  };
  const subscription: Subscription<Row> = {
    sort: options.sort,
    live: begin(),
    follow(listener) {
      const own = () => listener(); // the same function may follow twice
      listeners.add(own);
      return () => {
        listeners.delete(own);
        // Closed once only: later, others may have opened rows of the same name.
        clearTimeout(leaving);
        leaving = setTimeout(closeIfLeft);
      };
    },
  };
  const unfollowUser = whenUserChanges(client, () => {
    subscription.live.close();
    subscription.live = begin();
    tell();
  });
  ofClient.set(name, subscription);
  return subscription;
}

interface Subscription<Row> extends OpenRows<Row> {
  live: LiveRows<Row>;
  follow(listener: () => void): () => void;
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
