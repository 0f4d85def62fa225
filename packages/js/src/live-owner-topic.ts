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

export interface OwnerTopic {
  /** Whether the project has no other channels. */
  only: boolean;
  /** Whether nobody is signed in whose topic could be joined. */
  waits(): boolean;
  add(listener: TopicListener): void;
  delete(listener: TopicListener): void;
  /** Joins the topic of the user who is signed in now, and leaves that of an earlier one. */
  follow(): void;
}

const topics = new WeakMap<Client, OwnerTopic>();

/** The topic of a client's user. */
export function ownerTopic(client: Client): OwnerTopic {
  if (!topics.has(client)) topics.set(client, newTopic(client));
  return topics.get(client)!;
}

/** Whether the client's project allows only private channels, as a refused join has said. */
export function isPrivateOnly(client: Client, error?: Error): boolean {
  if (error?.message.includes("only allows private channels")) ownerTopic(client).only = true;
  return topics.get(client)?.only ?? false;
}

function newTopic(client: Client): OwnerTopic {
  const listeners = new Set<TopicListener>();
  let channel: RealtimeChannel | null = null;
  let joined: string | undefined;
  let last = "";
  let moves: Promise<unknown> = Promise.resolve();

  function follow(): void {
    moves = moves.then(move).catch(console.warn);
  }

  async function move(): Promise<void> {
    await client.realtime.setAuth(); // takes the token of now
    const owner = listeners.size ? ownerOf(client) : undefined;
    const left = channel;
    if (left && owner !== joined) {
      channel = null;
      tell("LEFT");
      await client.removeChannel(left); // the client has one channel per topic
    }
    if (owner && !channel) join(owner);
  }

  function join(owner: string): void {
    const config = { private: true, broadcast: { replication_ready: true } };
    const own = client.channel(`processing:${owner}`, { config });
    channel = own;
    joined = owner;
    const told = (status: string) => {
      if (own !== channel) return; // it was left
      if (status === "CLOSED") channel = null;
      tell(status);
    };
    own
      .on("broadcast", { event: "rows" }, ({ payload }) => {
        for (const listener of listeners) listener.told(payload as Told);
      })
      // A server that has just started joins before it reads what the database sends.
      .on("system", {}, ({ status }) => status === "ok" && told("SUBSCRIBED"))
      .subscribe(told);
  }

  function tell(status: string): void {
    last = status;
    for (const listener of listeners) listener.linkChanged(status);
  }

  try {
    client.auth.onAuthStateChange(follow);
  } catch {
    // A client with the option `accessToken` has no `auth`; the checks of live rows call `follow`.
  }
  return {
    only: false,
    waits: () => !ownerOf(client),
    add(listener) {
      listeners.add(listener);
      follow();
      if (last === "SUBSCRIBED") listener.linkChanged(last);
    },
    delete(listener) {
      listeners.delete(listener);
      follow();
    },
    follow,
  };
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
