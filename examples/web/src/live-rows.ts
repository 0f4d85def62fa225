/**
 * Rows of one table that stay up to date on screen while a worker changes them. Copy this file.
 *
 *     const live = liveRows<Job>(supabase, { table: "jobs" });
 *     live.subscribe(() => render(live.view)); // React: useSyncExternalStore(live.subscribe, …)
 *     live.close();
 *
 * Realtime delivers an event at most once, so this module does not rely on events alone:
 * - It reads the rows at once, so that there is something to see. It reads them again each time
 *   the subscription is ready, because events from before that are lost. Nothing is polled.
 * - It merges an event into the row and does not replace the row, because a large column (TOAST)
 *   that an UPDATE did not change is missing from the event.
 * - A row that is too large for an event (error 413) is read by its id, and so is a changed row
 *   that is not known yet. Many ids are read with one request.
 * - An event or a read row that is older than the row on screen is dropped. `processing_run`
 *   decides which is older, then the end of the run, then `updated_at`.
 * - A DELETE event has only the primary key, and reaches every subscriber.
 *
 * supabase-js sends a refreshed access token to Realtime by itself.
 */
import type {
  RealtimeChannel,
  RealtimePostgresChangesPayload,
  SupabaseClient,
} from "@supabase/supabase-js";

/** What the module needs to know of a row; `id` is its primary key. */
export interface LiveRow {
  id: string;
  updated_at?: string | null;
  processing_run?: number | null;
  processing_status?: string | null;
}

export interface LiveOptions<Row> {
  table: string;
  schema?: string;
  /** Limits both the snapshot and the subscription to some rows, for example `type=in.(A,B)`. */
  filter?: string;
  sort?: (left: Row, right: Row) => number;
}

export interface LiveView<Row> {
  rows: readonly Row[];
  /** False until the first snapshot has been read. */
  loaded: boolean;
  /** `live`: the rows are up to date and changes arrive. */
  link: "connecting" | "live" | "reconnecting";
}

/** The part of a Postgres Changes event that matters here. */
export type Change = Pick<
  RealtimePostgresChangesPayload<Record<string, unknown>>,
  "eventType" | "new" | "old" | "errors"
>;

export interface LiveRows<Row> {
  readonly view: LiveView<Row>;
  subscribe(listener: () => void): () => void;
  close(): void;
}

export function liveRows<Row extends LiveRow>(
  client: SupabaseClient,
  options: LiveOptions<Row>,
): LiveRows<Row> {
  return new Subscription<Row>(client, options);
}

/** The rows that are known, and the rules for merging events into them; no network code. */
export class RowSet<Row extends LiveRow> {
  readonly #rows = new Map<string, Row>();
  readonly #deleted = new Set<string>();

  ids(): string[] {
    return [...this.#rows.keys()];
  }

  sorted(sort?: (left: Row, right: Row) => number): Row[] {
    const rows = [...this.#rows.values()];
    return sort ? rows.sort(sort) : rows;
  }

  /**
   * Applies one event; returns the id of a row that has to be read, or null. `reading` says that
   * a read is under way, whose answer may still contain a row that was deleted meanwhile.
   */
  apply(change: Change, reading = false): string | null {
    if (change.eventType === "DELETE") {
      const { id } = change.old as Partial<Row>;
      // Deletes of other users' rows arrive too, so remember an id only if it may matter here.
      if (id && (this.#rows.delete(id) || reading)) this.#deleted.add(id);
      return null;
    }
    const record = change.new as Row;
    if (!record.id || this.#deleted.has(record.id)) return null;
    if (change.errors?.length) return record.id;
    const held = this.#rows.get(record.id);
    if (held) {
      if (!isOlder(record, held)) this.#rows.set(record.id, { ...held, ...record });
      return null;
    }
    if (change.eventType === "UPDATE") return record.id;
    this.#rows.set(record.id, record);
    return null;
  }

  /** Applies the rows that were read for these ids. An asked row that is missing was deleted. */
  accept(asked: Iterable<string>, rows: readonly Row[]): void {
    const found = new Set(rows.map((row) => row.id));
    for (const id of asked) if (!found.has(id)) this.#rows.delete(id);
    for (const row of rows) {
      const held = this.#rows.get(row.id);
      if (this.#deleted.has(row.id) || (held && isOlder(row, held))) continue;
      this.#rows.set(row.id, row);
    }
  }
}

/** Whether `left` is certainly an earlier state of the same row as `right`. */
export function isOlder(left: LiveRow, right: LiveRow): boolean {
  const byRun = (left.processing_run ?? 0) - (right.processing_run ?? 0);
  if (byRun !== 0) return byRun < 0;
  // Within one run the status is first `processing` and later another. Unlike `updated_at`, this
  // does not depend on clocks.
  const runs = (row: LiveRow) => Number(row.processing_status === "processing");
  if (runs(left) !== runs(right)) return runs(left) > runs(right);
  return compareTimes(left.updated_at, right.updated_at) < 0;
}

function compareTimes(left?: string | null, right?: string | null): number {
  if (!left || !right) return 0;
  // Date only has milliseconds. Both texts are in UTC, so comparing them decides the microseconds.
  return Date.parse(left) - Date.parse(right) || (left < right ? -1 : Number(left > right));
}

/** PostgREST answers at most 1,000 rows by default. */
const PAGE_ROWS = 1000;
/** The ids are part of the address of a request, which must not become too long. */
const IDS_PER_REQUEST = 100;
/** How long to collect ids of rows that have to be read, to read them with one request. */
const GATHER_MS = 50;
const MAX_BACKOFF_MS = 30_000;

class Subscription<Row extends LiveRow> implements LiveRows<Row> {
  readonly #client: SupabaseClient;
  readonly #options: LiveOptions<Row>;
  readonly #set = new RowSet<Row>();
  readonly #listeners = new Set<() => void>();
  readonly #wanted = new Set<string>();
  #view: LiveView<Row> = { rows: [], loaded: false, link: "connecting" };
  #channel: RealtimeChannel | null = null;
  #snapshots = 0;
  #reads = 0;
  #failures = 0;
  #timers = new Set<ReturnType<typeof setTimeout>>();
  #subscribed = false;
  #closed = false;

  constructor(client: SupabaseClient, options: LiveOptions<Row>) {
    this.#client = client;
    this.#options = options;
    void this.#readAll();
    this.#join();
  }

  get view(): LiveView<Row> {
    return this.#view;
  }

  readonly subscribe = (listener: () => void): () => void => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  close(): void {
    this.#closed = true;
    this.#timers.forEach(clearTimeout);
    this.#listeners.clear();
    if (this.#channel) void this.#client.removeChannel(this.#channel);
  }

  #join(): void {
    const { schema = "public", table, filter } = this.#options;
    const topic = `live:${table}:${crypto.randomUUID()}`;
    // With `wait`, SUBSCRIBED means that changes arrive, and not only that the channel is open.
    const config = { postgres_changes_options: { wait: true } };
    this.#channel = this.#client
      .channel(topic, { config })
      .on(
        "postgres_changes",
        { event: "*", schema, table, ...(filter ? { filter } : {}) },
        (change) => this.#take(change),
      )
      .subscribe((status) => this.#linkChanged(status));
  }

  #linkChanged(status: string): void {
    if (this.#closed) return;
    this.#subscribed = status === "SUBSCRIBED";
    if (this.#subscribed) return void this.#readAll();
    this.#publish(this.#view.link === "connecting" ? "connecting" : "reconnecting");
    // After an error supabase-js joins again by itself. After CLOSED (the token has expired, or
    // the server closed the channel) it does not, so join again here.
    if (status === "CLOSED") this.#later(() => this.#join());
  }

  #take(change: Change): void {
    const unknown = this.#set.apply(change, this.#reads > 0);
    if (unknown === null) return this.#publish();
    if (this.#wanted.size === 0) this.#after(GATHER_MS, () => void this.#readWanted());
    this.#wanted.add(unknown);
  }

  async #readAll(): Promise<void> {
    const snapshot = ++this.#snapshots;
    // Only rows known before the read can be found deleted by it. Rows that events add later may
    // be missing from the snapshot because they are newer.
    const before = this.#set.ids();
    const rows = await this.#pages();
    if (this.#closed || snapshot !== this.#snapshots) return;
    if (rows === null) return this.#later(() => void this.#readAll());
    this.#failures = 0;
    this.#set.accept(before, rows);
    this.#view = { ...this.#view, loaded: true };
    this.#publish(this.#subscribed ? "live" : this.#view.link);
  }

  async #pages(): Promise<Row[] | null> {
    const rows: Row[] = [];
    for (;;) {
      let query = this.#select().order("id").limit(PAGE_ROWS);
      const last = rows.at(-1);
      if (last) query = query.gt("id", last.id);
      const page = await this.#read(query);
      if (page === null) return null;
      rows.push(...page);
      if (page.length < PAGE_ROWS) return rows;
    }
  }

  async #readWanted(): Promise<void> {
    const ids = [...this.#wanted];
    this.#wanted.clear();
    for (let start = 0; start < ids.length; start += IDS_PER_REQUEST) {
      const some = ids.slice(start, start + IDS_PER_REQUEST);
      const rows = await this.#read(this.#select().in("id", some));
      if (this.#closed) return;
      if (rows === null) return this.#later(() => void this.#readAll());
      this.#set.accept(some, rows);
    }
    this.#publish();
  }

  async #read(query: PromiseLike<{ data: unknown; error: unknown }>): Promise<Row[] | null> {
    this.#reads++;
    const { data, error } = await query;
    this.#reads--;
    return error ? null : (data as Row[]);
  }

  #select() {
    const { schema = "public", table, filter } = this.#options;
    const query = this.#client.schema(schema).from(table).select("*");
    const parts = filter?.match(/^(\w+)=(\w+)\.(.*)$/);
    return parts ? query.filter(parts[1], parts[2], parts[3]) : query;
  }

  /** Tries again after up to 1, 2, 4 … 30 seconds, partly random, so that many pages spread. */
  #later(action: () => void): void {
    const backoff = Math.min(1000 * 2 ** this.#failures++, MAX_BACKOFF_MS);
    this.#after(backoff * (0.5 + Math.random() / 2), action);
  }

  #after(delay: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, delay);
    this.#timers.add(timer);
  }

  #publish(link: LiveView<Row>["link"] = this.#view.link): void {
    this.#view = { ...this.#view, link, rows: this.#set.sorted(this.#options.sort) };
    for (const listener of this.#listeners) listener();
  }
}
