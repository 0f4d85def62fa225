/** Reads rows and merges the answers. What a read found is a list of keys; null if it failed. */
import type { Key } from "./live-key.ts";
import type { RowSet } from "./live-row-set.ts";
import { Table, type TableOptions } from "./live-table.ts";
import type { Client } from "./live-types.ts";

/** The keys are part of the address of a request, which must not become too long. */
const KEYS_PER_REQUEST = 100;

export interface ReaderOptions extends TableOptions {
  /** The column that tells when a row was last changed, `updated_at` by default; it may be missing. */
  updatedAt?: string;
}

export class Reader<Row extends object> {
  /** The time of the row that was changed last; null if no row has a time. */
  newest: string | null = null;
  closed = false;
  readonly #time: string;
  readonly #commitMs: number;
  readonly #key: Key;
  readonly #set: RowSet<Row>;
  readonly #table: Table<Row>;

  constructor(
    client: Client,
    options: ReaderOptions,
    commitMs: number,
    key: Key,
    set: RowSet<Row>,
  ) {
    this.#time = options.updatedAt ?? "updated_at";
    this.#commitMs = commitMs;
    this.#key = key;
    this.#set = set;
    this.#table = new Table(client, options, key);
  }

  /** How many reads were answered. */
  get answers(): number {
    return this.#table.answers;
  }

  /** Reads all rows; finds those that were deleted, new or newer. */
  async all(): Promise<string[] | null> {
    // Only rows known before the read can be found deleted by it. Rows that events add later may
    // be missing from the answer because they are newer.
    const before = this.#set.keys();
    const rows = await this.#table.all();
    if (rows === null || this.closed) return null;
    this.newest = this.#set.newestOf(rows);
    return this.#set.accept(before, rows);
  }

  /** Reads these rows; finds those that were deleted, new or newer. */
  async some(keys: readonly string[]): Promise<string[] | null> {
    const news: string[] = [];
    for (let start = 0; start < keys.length; start += KEYS_PER_REQUEST) {
      const some = keys.slice(start, start + KEYS_PER_REQUEST);
      const rows = await this.#table.some(some);
      if (rows === null || this.closed) return null;
      news.push(...this.#set.accept(some, rows));
    }
    return news;
  }

  /** Asks which rows are new, changed or deleted; `many` if all rows must be read for that. */
  async changed(): Promise<string[] | "many" | null> {
    const known = this.#set.keys();
    // Without times nobody can say which rows changed. One answer with all rows can.
    if (!this.newest) return known.length < this.#table.pageRows ? "many" : [];
    // One answer holds so few rows all, which also shows the deleted ones.
    const few = known.length <= KEYS_PER_REQUEST;
    const since = new Date(Date.parse(this.newest) - this.#commitMs).toISOString();
    const rows = await this.#table.times(this.#time, few ? null : since);
    if (rows === null) return null;
    if (rows.length === this.#table.pageRows) return "many";
    this.newest = this.#set.newestOf(rows) ?? this.newest;
    const found = rows.map((row) => this.#key.of(row)!);
    const gone = new Set(few ? known : []);
    for (const key of found) gone.delete(key);
    return [...found.filter((_, at) => this.#set.lacks(rows[at])), ...gone];
  }
}
