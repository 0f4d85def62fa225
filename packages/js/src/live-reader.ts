/** Reads rows and merges the answers. What a read found is a list of keys; null if it failed. */
import { keyOf, listOf } from "./live-key.ts";
import type { RowSet } from "./live-row-set.ts";
import type { Client } from "./live-types.ts";

export interface TableOptions {
  table: string;
  schema?: string;
  /** The primary key, `id` by default. */
  key?: string;
  /** The column that tells when a row was last changed, `updated_at` by default; it may be missing. */
  updatedAt?: string;
  /** Limits both the reads and the subscription to some rows, for example `type=in.(A,B)`. */
  filter?: string;
  /**
   * What to select, all columns by default, for example `id::text,title,company(name)`. With it an
   * event only says which row to read. It must contain the key.
   */
  columns?: string;
  /** How many rows one answer holds, 1,000 by default; lower it if `max_rows` of the project is. */
  pageRows?: number;
}

/** The keys are part of the address of a request, which must not become too long. */
const KEYS_PER_REQUEST = 100;
/** A connection may be dead without an error; the next read must not wait for it. */
const READ_TIMEOUT_MS = 30_000;

/** A query whose conditions are still to come. */
type Query = ReturnType<ReturnType<Client["from"]>["select"]>;

export class Reader<Row extends object> {
  /** The time of the row that was changed last; null if no row has a time. */
  newest: string | null = null;
  closed = false;
  /** How many reads were answered. */
  answers = 0;
  readonly #client: Client;
  readonly #options: TableOptions;
  readonly #key: string;
  readonly #pageRows: number;
  readonly #commitMs: number;
  readonly #set: RowSet<Row>;

  constructor(client: Client, options: TableOptions, commitMs: number, set: RowSet<Row>) {
    this.#client = client;
    this.#options = options;
    this.#key = options.key ?? "id";
    this.#pageRows = options.pageRows ?? 1000;
    this.#commitMs = commitMs;
    this.#set = set;
  }

  /** Reads all rows; finds those that were deleted, new or newer. */
  async all(): Promise<string[] | null> {
    // Only rows known before the read can be found deleted by it. Rows that events add later may
    // be missing from the answer because they are newer.
    const before = this.#set.keys();
    const rows: Row[] = [];
    for (;;) {
      const ordered = this.#select().order(this.#key).limit(this.#pageRows);
      const last = rows.at(-1);
      const page = await this.#answer<Row>(
        last ? ordered.filter(this.#key, "gt", keyOf(last, this.#key)) : ordered,
      );
      if (page === null) return null;
      rows.push(...page);
      if (page.length < this.#pageRows) break;
    }
    this.newest = this.#set.newestOf(rows);
    return this.#set.accept(before, rows);
  }

  /** Reads these rows; finds those that were deleted, new or newer. */
  async some(keys: readonly string[]): Promise<string[] | null> {
    const news: string[] = [];
    for (let start = 0; start < keys.length; start += KEYS_PER_REQUEST) {
      const some = keys.slice(start, start + KEYS_PER_REQUEST);
      const rows = await this.#answer<Row>(this.#select().filter(this.#key, "in", listOf(some)));
      if (rows === null) return null;
      news.push(...this.#set.accept(some, rows));
    }
    return news;
  }

  /** Asks which rows are new, changed or deleted; `many` if all rows must be read for that. */
  async changed(): Promise<string[] | "many" | null> {
    const known = this.#set.keys();
    // Without times nobody can say which rows changed. One answer with all rows can.
    if (!this.newest) return known.length < this.#pageRows ? "many" : [];
    // One answer holds so few rows all, which also shows the deleted ones.
    const few = known.length <= KEYS_PER_REQUEST;
    const { updatedAt = "updated_at" } = this.#options;
    const query = this.#select(`${this.#key},${updatedAt}`).limit(this.#pageRows);
    const since = new Date(Date.parse(this.newest) - this.#commitMs).toISOString();
    const rows = await this.#answer<object>(few ? query : query.gte(updatedAt, since));
    if (rows === null) return null;
    if (rows.length === this.#pageRows) return "many";
    this.newest = this.#set.newestOf(rows) ?? this.newest;
    const changed = rows.filter((row) => this.#set.lacks(row));
    const gone = new Set(few ? known : []);
    for (const row of rows) gone.delete(keyOf(row, this.#key)!);
    return [...changed.map((row) => keyOf(row, this.#key)!), ...gone];
  }

  #select(columns = this.#options.columns ?? "*"): Query {
    const { schema = "public", table, filter } = this.#options;
    const query: Query = this.#client.schema(schema).from(table).select(columns);
    const parts = filter?.match(/^([^=]+)=(\w+)\.(.*)$/s);
    return parts ? query.filter(parts[1], parts[2], parts[3]) : query;
  }

  async #answer<Answer>(query: Query): Promise<Answer[] | null> {
    const abort = new AbortController(); // React Native has no AbortSignal.timeout
    const timer = setTimeout(() => abort.abort(), READ_TIMEOUT_MS);
    // Not tried again here: the caller does, and not while the page is hidden.
    const { data, error } = await query.abortSignal(abort.signal).retry(false);
    clearTimeout(timer);
    if (error || this.closed) return null;
    this.answers++;
    return data as unknown as Answer[];
  }
}
