/**
 * Reads rows and merges the answers. What a read found is a list of keys; it rejects with
 * `ReadFailed`. A server cuts answers at its `max_rows` without a word, so what is missing in one
 * does not count before it is known to be whole.
 */
import { keyOf, type KeyValue, listOf } from "./live-key.ts";
import { ReadFailed } from "./live-problem.ts";
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
  /** The key of one row, to have that row alone. */
  row?: KeyValue;
  /**
   * Which rows of a long list are read and shown first, such as `created_at.desc`: those that the
   * order on screen begins with.
   */
  readFirst?: string;
  /** How many rows are asked for at once, 1,000 by default. */
  pageRows?: number;
}

/** The keys are part of the address of a request, which must not become too long. */
const KEYS_PER_REQUEST = 100;
/** More keys than these are not asked for if all rows can be read with fewer requests. */
const MANY_KEYS = 1000;
/** So many rows are read before others, so that there is something to see. */
const FIRST_ROWS = 100;
/** A connection may be dead without an error; the next read must not wait for it. */
const READ_TIMEOUT_MS = 30_000;

/** A query whose conditions are still to come. */
type Query = ReturnType<ReturnType<Client["from"]>["select"]>;

interface Answer<Row> {
  rows: Row[];
  /** Whether no rows but these meet the conditions. */
  isWhole: boolean;
}

export class Reader<Row extends object> {
  /** The time of the row that was changed last; null if no row has a time. */
  newest: string | null = null;
  closed = false;
  /** How many reads were answered. */
  answers = 0;
  readonly #client: Client;
  readonly #options: TableOptions;
  readonly #key: string;
  readonly #updatedAt: string;
  readonly #pageRows: number;
  readonly #commitMs: number;
  readonly #set: RowSet<Row>;
  /** The most rows that one answer had. One with fewer was not cut. */
  #most = 0;

  constructor(client: Client, options: TableOptions, commitMs: number, set: RowSet<Row>) {
    this.#client = client;
    this.#options = options;
    this.#key = options.key ?? "id";
    this.#updatedAt = options.updatedAt ?? "updated_at";
    this.#pageRows = options.pageRows ?? 1000;
    this.#commitMs = commitMs;
    this.#set = set;
  }

  /**
   * Reads all rows; finds those that were deleted, new or newer. With `shown`, rows are merged
   * before the others are read, and it is called each time: after each page, or with `readFirst`
   * after the rows that are to be first.
   */
  async all(shown?: () => void): Promise<string[]> {
    // Only rows known before the read can be found deleted by it. Rows that events add later may
    // be missing from the answer because they are newer.
    const gone = new Set(this.#set.keys());
    const news: string[] = [];
    const held: Row[] = [];
    let newest: string | null = null;
    const { columns, readFirst } = this.#options;
    for await (const page of this.#pages<Row>(columns, shown && { readFirst })) {
      for (const row of page) gone.delete(keyOf(row, this.#key)!);
      newest = this.#set.newestOf(page, newest);
      if (shown) {
        news.push(...this.#set.accept([], page));
        shown();
        if (readFirst) shown = undefined;
      } else held.push(...page);
    }
    this.newest = newest;
    return [...news, ...this.#set.accept([...gone], held)];
  }

  /** Whether so many rows are read with fewer requests if all are. */
  areMany(keys: number): boolean {
    return keys > MANY_KEYS && keys / KEYS_PER_REQUEST > this.#set.size / this.#pageRows;
  }

  /** Reads these rows; finds those that were deleted, new or newer. */
  async some(keys: readonly string[]): Promise<string[]> {
    if (this.areMany(keys.length)) return this.all();
    const news: string[] = [];
    for (let start = 0; start < keys.length; start += KEYS_PER_REQUEST) {
      let asked = keys.slice(start, start + KEYS_PER_REQUEST);
      while (asked.length) {
        const query = this.#select().filter(this.#key, "in", listOf(asked));
        const { rows, isWhole } = await this.#answer<Row>(query);
        news.push(...this.#set.accept(isWhole ? asked : [], rows));
        const found = new Set(rows.map((row) => keyOf(row, this.#key)));
        asked = isWhole ? [] : asked.filter((key) => !found.has(key));
      }
    }
    return news;
  }

  /**
   * Asks for keys and times alone, and answers which rows are new, changed or deleted; null if rows
   * have no times.
   */
  async survey(): Promise<string[] | null> {
    if (!this.newest) return null;
    const gone = new Set(this.#set.keys());
    const changed: string[] = [];
    for await (const page of this.#pages<object>(this.#times)) {
      for (const row of page) gone.delete(keyOf(row, this.#key)!);
      changed.push(...this.#changedOf(page));
    }
    return [...changed, ...gone];
  }

  /**
   * The same of rows that were changed lately, with one request; deleted rows are found in a short
   * list only. Null if all rows must be read for that.
   */
  async changed(): Promise<string[] | null> {
    const { size } = this.#set;
    // Without times nobody can say which rows changed. One answer with all rows can.
    if (!this.newest) return size < this.#pageRows ? null : [];
    if (size <= KEYS_PER_REQUEST) return this.survey();
    const since = new Date(Date.parse(this.newest) - this.#commitMs).toISOString();
    const query = this.#select(this.#times, true).gte(this.#updatedAt, since);
    const { rows, isWhole } = await this.#answer<object>(query.limit(this.#pageRows));
    return isWhole ? this.#changedOf(rows) : this.survey();
  }

  /** Keys and times; a key that is selected as a text stays one. */
  get #times(): string {
    const own = this.#options.columns?.split(",").find((one) => one.split("::")[0] === this.#key);
    return `${own ?? this.#key},${this.#updatedAt}`;
  }

  /** The keys of those that are not known, or only as they were before. */
  #changedOf(rows: readonly object[]): string[] {
    this.newest = this.#set.newestOf(rows, this.newest);
    return rows.filter((row) => this.#set.lacks(row)).map((row) => keyOf(row, this.#key)!);
  }

  /** All rows by key; with `first`, a small page comes before, which may be in another order. */
  async *#pages<Read>(columns?: string, first?: { readFirst?: string }): AsyncGenerator<Read[]> {
    let last: string | null = null;
    this.#most = 0; // the server may have been set up anew
    for (;;) {
      const isTop: boolean = first !== undefined;
      const [name, way] = first?.readFirst?.split(".") ?? [this.#key];
      const query = this.#select(columns, last === null)
        .order(name, { ascending: way !== "desc" })
        .limit(isTop ? Math.min(FIRST_ROWS, this.#pageRows) : this.#pageRows);
      const { rows, isWhole }: Answer<Read> = await this.#answer<Read>(
        last === null ? query : query.filter(this.#key, "gt", last),
      );
      yield rows;
      if (isWhole) return;
      if (!first?.readFirst) last = keyOf(rows.at(-1) as object, this.#key);
      first = undefined;
    }
  }

  #select(columns = this.#options.columns ?? "*", counted = false): Query {
    const { schema = "public", table, filter, row } = this.#options;
    let query: Query = this.#client.schema(schema).from(table)
      .select(columns, counted ? { count: "exact" } : {});
    if (row !== undefined) query = query.filter(this.#key, "eq", row);
    const parts = filter?.match(/^([^=]+)=(\w+)\.(.*)$/s);
    return parts ? query.filter(parts[1], parts[2], parts[3]) : query;
  }

  async #answer<Read>(query: Query): Promise<Answer<Read>> {
    const abort = new AbortController(); // React Native has no AbortSignal.timeout
    const timer = setTimeout(() => abort.abort(), READ_TIMEOUT_MS);
    // Not tried again here: the caller does, and not while the page is hidden.
    const { data, error, status, count } = await query.abortSignal(abort.signal).retry(false);
    clearTimeout(timer);
    if (error) throw new ReadFailed(error, status);
    if (this.closed) throw new ReadFailed({ message: "" }, 0);
    this.answers++;
    const rows = data as unknown as Read[];
    const isWhole = !rows.length ||
      (count === null ? rows.length < this.#most : rows.length === count);
    this.#most = Math.max(this.#most, rows.length);
    return { rows, isWhole };
  }
}
