/**
 * Reads rows and merges the answers. What a read found is a list of keys; it rejects with
 * `ReadFailed`. A server cuts answers at its `max_rows` without a word, so what is missing in one
 * does not count before it is known to be whole.
 */
import { type KeyValue, listOf } from "./live-key.ts";
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

export interface Reader {
  /** The time of the row that was changed last; null if no row has a time. */
  newest: string | null;
  /** After this is set, no answer is merged. */
  closed: boolean;
  /** How many reads were answered. */
  answers: number;
  /**
   * Reads all rows; finds those that were deleted, new or newer. With `shown`, rows are merged
   * before the others are read, and it is called each time: after each page, or with `readFirst`
   * after the rows that are to be first.
   */
  all(shown?: () => void): Promise<string[]>;
  /** Whether so many rows are read with fewer requests if all are. */
  areMany(keys: number): boolean;
  /** Reads these rows; finds those that were deleted, new or newer. */
  some(keys: readonly string[]): Promise<string[]>;
  /**
   * Asks for keys and times alone, and answers which rows are new, changed or deleted; null if rows
   * have no times.
   */
  survey(): Promise<string[] | null>;
  /**
   * The same of rows that were changed lately, with one request; deleted rows are found in a short
   * list only. Null if all rows must be read for that.
   */
  changed(): Promise<string[] | null>;
}

/** `commitMs` is how long before its commit a transaction may have set the time of a row. */
export function readerOf<Row extends object>(
  client: Client,
  options: TableOptions,
  commitMs: number,
  set: RowSet<Row>,
): Reader {
  const {
    schema = "public",
    table,
    key: keyName = "id",
    updatedAt = "updated_at",
    columns: chosen = "*",
    filter,
    row: only,
    readFirst,
    pageRows = 1000,
  } = options;
  const reader: Reader = {
    newest: null,
    closed: false,
    answers: 0,
    all,
    areMany,
    some,
    survey,
    changed,
  };
  /** Keys and times; a key that is selected as a text stays one. */
  const own = chosen.split(",").find((one) => one.split("::")[0] === keyName);
  const times = `${own ?? keyName},${updatedAt}`;
  const condition = filter?.match(/^([^=]+)=(\w+)\.(.*)$/s)?.slice(1);
  /** The most rows that one answer had. One with fewer was not cut. */
  let most = 0;

  return reader;

  async function all(shown?: () => void): Promise<string[]> {
    const news: string[] = [];
    const held: Row[] = [];
    reader.newest = null;
    const gone = await eachPage<Row>(chosen, ({ rows, isWhole }) => {
      reader.newest = set.newestOf(rows, reader.newest);
      if (!shown || isWhole) return void held.push(...rows);
      news.push(...set.accept([], rows));
      shown();
      if (readFirst) shown = undefined;
    }, shown && { readFirst });
    return [...news, ...set.accept(gone, held)];
  }

  function areMany(keys: number): boolean {
    return keys > MANY_KEYS && keys / KEYS_PER_REQUEST > set.size / pageRows;
  }

  async function some(keys: readonly string[]): Promise<string[]> {
    if (areMany(keys.length)) return all();
    const news: string[] = [];
    while (keys.length) {
      const asked = keys.slice(0, KEYS_PER_REQUEST);
      const query = select().filter(keyName, "in", listOf(asked));
      const { rows, isWhole } = await answer<Row>(query);
      news.push(...set.accept(isWhole ? asked : [], rows));
      const found = new Set(rows.map((row) => set.keyOf(row)));
      const left = keys.filter((key) => !found.has(key));
      // A cut answer is read on, unless the caller writes these keys otherwise than the database.
      keys = isWhole || left.length === keys.length ? keys.slice(KEYS_PER_REQUEST) : left;
    }
    return news;
  }

  async function survey(): Promise<string[] | null> {
    if (!reader.newest) return null;
    const changed: string[] = [];
    const gone = await eachPage<object>(times, ({ rows }) => {
      changed.push(...changedOf(rows));
    });
    return [...changed, ...gone];
  }

  async function changed(): Promise<string[] | null> {
    const { size } = set;
    // Without times nobody can say which rows changed. One answer with all rows can.
    if (!reader.newest) return size < pageRows ? null : [];
    if (size <= KEYS_PER_REQUEST) return survey();
    const since = new Date(Date.parse(reader.newest) - commitMs).toISOString();
    const query = select(times, true).gte(updatedAt, since);
    const { rows, isWhole } = await answer<object>(query.limit(pageRows));
    return isWhole ? changedOf(rows) : survey();
  }

  /** The keys of those that are not known, or only as they were before. */
  function changedOf(rows: readonly object[]): string[] {
    reader.newest = set.newestOf(rows, reader.newest);
    return rows.filter((row) => set.lacks(row)).map((row) => set.keyOf(row)!);
  }

  /**
   * All rows by key; with `first`, a small page comes before, which may be in another order.
   * Returns the keys that are in no page: their rows were deleted.
   */
  async function eachPage<Read extends object>(
    columns: string,
    take: (page: Answer<Read>) => void,
    first?: { readFirst?: string },
  ): Promise<Iterable<string>> {
    // Only rows known before the read can be found deleted by it. Rows that events add later may
    // be missing from the answer because they are newer.
    const gone = new Set(set.keys());
    let last: string | null = null;
    most = 0; // the server may have been set up anew
    for (;;) {
      const [name, way] = first?.readFirst?.split(".") ?? [keyName];
      const query = select(columns, last === null)
        .order(name, { ascending: way !== "desc" })
        .limit(first ? Math.min(FIRST_ROWS, pageRows) : pageRows);
      const page = await answer<Read>(last === null ? query : query.filter(keyName, "gt", last));
      for (const row of page.rows) gone.delete(set.keyOf(row)!);
      take(page);
      if (page.isWhole) return gone;
      if (!first?.readFirst) last = set.keyOf(page.rows.at(-1)!);
      first = undefined;
    }
  }

  function select(columns = chosen, isCounted = false): Query {
    let query: Query = client.schema(schema).from(table)
      .select(columns, isCounted ? { count: "exact" } : {});
    if (only !== undefined) query = query.filter(keyName, "eq", only);
    return condition ? query.filter(...condition as [string, string, string]) : query;
  }

  async function answer<Read>(query: Query): Promise<Answer<Read>> {
    const abort = new AbortController(); // React Native has no AbortSignal.timeout
    const timer = setTimeout(() => abort.abort(), READ_TIMEOUT_MS);
    // Not tried again here: the caller does, and not while the page is hidden.
    const { data, error, status, count } = await query.abortSignal(abort.signal).retry(false);
    clearTimeout(timer);
    if (error) throw new ReadFailed(error, status);
    if (reader.closed) throw new Error();
    reader.answers++;
    const rows = data as unknown as Read[];
    const isWhole = !rows.length ||
      (count === null ? rows.length < most : rows.length === count);
    most = Math.max(most, rows.length);
    return { rows, isWhole };
  }
}
