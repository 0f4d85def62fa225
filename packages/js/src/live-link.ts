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

export class Link {
  readonly #client: Client;
  readonly #options: LinkOptions;
  readonly #listener: LinkListener;
  #channel: RealtimeChannel | null = null;
  #closings = 0;
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client, options: LinkOptions, listener: LinkListener) {
    this.#client = client;
    this.#options = options;
    this.#listener = listener;
    this.#join();
  }

  /** The user's private topic, if it is what tells of changes. */
  get topic(): OwnerTopic | undefined {
    const isPrivate = this.#options.via === "broadcast" || isPrivateOnly(this.#client);
    return isPrivate ? ownerTopic(this.#client) : undefined;
  }

  /** It has lasted for a while: the next pause before a join may be short again. */
  proven(): void {
    this.#closings = 0;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    if (this.#channel) void this.#client.removeChannel(this.#channel);
    this.topic?.delete(this.#topicListener);
  }

  #join(): void {
    this.#channel = null;
    const { topic } = this;
    if (topic) return topic.add(this.#topicListener);
    const { schema = "public", table, key = "id", row } = this.#options;
    // A subscription has one condition.
    const filter = row === undefined ? this.#options.filter : `${key}=eq.${row}`;
    // With `wait`, SUBSCRIBED means that changes arrive, and not only that the channel is open.
    const config = { postgres_changes_options: { wait: true } };
    this.#channel = this.#client
      .channel(`live:${table}:${Math.random()}`, { config }) // a topic is joined only once
      .on(
        "postgres_changes",
        { event: "*", schema, table, filter },
        (change) => this.#listener.changed(change),
      )
      .on("system", {}, ({ extension, status }) => {
        if (extension === "postgres_changes" && status === "ok") this.#listener.up();
      });
    try {
      this.#channel.subscribe((status, error) => this.#linkChanged(status, error));
    } catch (error) {
      console.warn(error); // this machine has no WebSocket
    }
  }

  #linkChanged(status: string, error?: Error): void {
    if (this.#closed) return;
    // The channel of a refused subscription is CLOSED then, and the owner's topic is joined.
    if (error && isPrivateOnly(this.#client, error)) {
      void this.#client.removeChannel(this.#channel!);
    }
    if (status === "SUBSCRIBED") return this.#listener.up();
    this.#listener.down();
    // After an error supabase-js joins again by itself. After CLOSED (the token has expired, or
    // the server closed the channel) it does not, so join again here.
    if (status !== "CLOSED") return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#join(), backoff(this.#closings++));
  }

  readonly #topicListener = {
    linkChanged: (status: string) => this.#linkChanged(status),
    told: ({ table, rows }: Told) => {
      const { schema = "public", table: own } = this.#options;
      if (table.replaceAll('"', "") !== `${schema}.${own}`) return;
      this.#listener.told(rows && rows.map(({ id }) => id));
    },
  };
}
