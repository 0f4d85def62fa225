/**
 * How the database tells of changes: by Postgres Changes, or on the private topic of the user who is
 * signed in. A project that allows only private channels refuses the first, and gets the second.
 */
import type { RealtimeChannel } from "@supabase/supabase-js";
import { isPrivateOnly, type OwnerTopic, ownerTopic, type Told } from "./live-owner-topic.ts";
import type { Change } from "./live-row-set.ts";
import type { TableOptions } from "./live-reader.ts";
import { backoff } from "./live-timing.ts";
import type { Client } from "./live-types.ts";

export interface LinkOptions extends TableOptions {
  /**
   * `changes`, the default: Postgres Changes, which have the rows and need nothing but the
   * publication. `broadcast`: small private messages that name the rows, for many subscribers; the
   * pipeline must be attached with `broadcast => true`.
   */
  via?: "changes" | "broadcast";
}

export interface LinkListener {
  /** Changes are told from now on; those from before have to be read. */
  up(): void;
  /** Changes are no longer told. */
  down(): void;
  changed(change: Change): void;
  /** The keys of rows that changed; null for too many to name. */
  told(keys: string[] | null): void;
}

export interface Link {
  /** The user's private topic, if it is what tells of changes. */
  topic(): OwnerTopic | undefined;
  /** It has lasted for a while: the next pause before a join may be short again. */
  proven(): void;
  close(): void;
}

export function linkOf(client: Client, options: LinkOptions, listener: LinkListener): Link {
  const { schema = "public", table, key = "id", row, via } = options;
  let channel: RealtimeChannel | null = null;
  let closings = 0;
  let closed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const topicListener = {
    linkChanged,
    told({ table: full, rows }: Told) {
      if (full.replaceAll('"', "") !== `${schema}.${table}`) return;
      listener.told(rows && rows.map(({ id }) => id));
    },
  };
  join();

  function topic(): OwnerTopic | undefined {
    return via === "broadcast" || isPrivateOnly(client) ? ownerTopic(client) : undefined;
  }

  function join(): void {
    channel = null;
    const own = topic();
    if (own) return own.add(topicListener);
    // A subscription has one condition.
    const filter = row === undefined ? options.filter : `${key}=eq.${row}`;
    // With `wait`, SUBSCRIBED means that changes arrive, and not only that the channel is open.
    const config = { postgres_changes_options: { wait: true } };
    channel = client
      .channel(`live:${table}:${Math.random()}`, { config }) // a topic is joined only once
      .on("postgres_changes", { event: "*", schema, table, filter }, listener.changed)
      .on("system", {}, ({ extension, status }) => {
        if (extension === "postgres_changes" && status === "ok") listener.up();
      });
    try {
      channel.subscribe(linkChanged);
    } catch (error) {
      console.warn(error); // this machine has no WebSocket
    }
  }

  function linkChanged(status: string, error?: Error): void {
    if (closed) return;
    // The channel of a refused subscription is CLOSED then, and the owner's topic is joined.
    if (error && isPrivateOnly(client, error)) void client.removeChannel(channel!);
    if (status === "SUBSCRIBED") return listener.up();
    listener.down();
    // After an error supabase-js joins again by itself. After CLOSED (the token has expired, or
    // the server closed the channel) it does not, so join again here.
    if (status !== "CLOSED") return;
    clearTimeout(timer);
    timer = setTimeout(join, backoff(closings++));
  }

  return {
    topic,
    proven() {
      closings = 0;
    },
    close() {
      closed = true;
      clearTimeout(timer);
      if (channel) void client.removeChannel(channel);
      topic()?.delete(topicListener);
    },
  };
}
