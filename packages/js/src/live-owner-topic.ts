/**
 * The private topic on which a user is told of their rows. A socket may join a topic only once, so
 * all live rows of a client share one channel. It waits for a user, and moves to another topic when
 * another user signs in.
 */
import type { RealtimeChannel } from "@supabase/supabase-js";
import type { Client } from "./live-types.ts";

/** A message about rows of one table; `rows` is null if they are too many to name. */
export interface Told {
  table: string;
  rows: { id: string }[] | null;
}

export interface TopicListener {
  told(message: Told): void;
  linkChanged(status: string): void;
}

const topics = new WeakMap<Client, OwnerTopic>();

/** The topic of a client's user. */
export function ownerTopic(client: Client): OwnerTopic {
  if (!topics.has(client)) topics.set(client, new OwnerTopic(client));
  return topics.get(client)!;
}

/** Whether the client's project allows only private channels, as a refused join has said. */
export function isPrivateOnly(client: Client, error?: Error): boolean {
  if (error?.message.includes("only allows private channels")) ownerTopic(client).only = true;
  return topics.get(client)?.only ?? false;
}

export class OwnerTopic {
  /** Whether the project has no other channels. */
  only = false;
  readonly #client: Client;
  readonly #listeners = new Set<TopicListener>();
  #channel: RealtimeChannel | null = null;
  #owner: string | undefined;
  #status = "";
  #moves: Promise<unknown> = Promise.resolve();

  constructor(client: Client) {
    this.#client = client;
    try {
      client.auth.onAuthStateChange(() => this.follow());
    } catch {
      // A client with the option `accessToken` has no `auth`; the checks of live rows call `follow`.
    }
  }

  /** Whether nobody is signed in whose topic could be joined. */
  get waits(): boolean {
    return !ownerOf(this.#client);
  }

  add(listener: TopicListener): void {
    this.#listeners.add(listener);
    this.follow();
    if (this.#status === "SUBSCRIBED") listener.linkChanged(this.#status);
  }

  delete(listener: TopicListener): void {
    this.#listeners.delete(listener);
    this.follow();
  }

  /** Joins the topic of the user who is signed in now, and leaves that of an earlier one. */
  follow(): void {
    this.#moves = this.#moves.then(() => this.#move()).catch(console.warn);
  }

  async #move(): Promise<void> {
    await this.#client.realtime.setAuth(); // takes the token of now
    const owner = this.#listeners.size ? ownerOf(this.#client) : undefined;
    const left = this.#channel;
    if (left && owner !== this.#owner) {
      this.#channel = null;
      this.#tell("LEFT");
      await this.#client.removeChannel(left); // the client has one channel per topic
    }
    if (owner && !this.#channel) this.#join(owner);
  }

  #join(owner: string): void {
    const config = { private: true, broadcast: { replication_ready: true } };
    const channel = this.#client.channel(`processing:${owner}`, { config });
    this.#channel = channel;
    this.#owner = owner;
    const told = (status: string) => {
      if (channel !== this.#channel) return; // it was left
      if (status === "CLOSED") this.#channel = null;
      this.#tell(status);
    };
    channel
      .on("broadcast", { event: "rows" }, ({ payload }) => {
        for (const listener of this.#listeners) listener.told(payload as Told);
      })
      // A server that has just started joins before it reads what the database sends.
      .on("system", {}, ({ status }) => status === "ok" && told("SUBSCRIBED"))
      .subscribe(told);
  }

  #tell(status: string): void {
    this.#status = status;
    for (const listener of this.#listeners) listener.linkChanged(status);
  }
}

/** The id of the user who is signed in, from the access token; a key or a bad token has none. */
function ownerOf({ realtime }: Client): string | undefined {
  const claims = realtime.accessTokenValue?.split(".")[1] ?? "";
  try {
    return JSON.parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/"))).sub;
  } catch {
    return undefined;
  }
}
