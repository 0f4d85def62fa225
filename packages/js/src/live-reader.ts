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
  const { schema = "public", table, key: keyName = "id", updatedAt = "updated_at" } = options;
  const { columns: chosen = "*", filter, row: only, readFirst, pageRows = 1000 } = options;
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
  const filtered = filter?.match(/^([^=]+)=(\w+)\.(.*)$/s);
  /** The most rows that one answer had. One with fewer was not cut. */
  let most = 0;

  return reader;

  async function all(shown?: () => void): Promise<string[]> {
    // Only rows known before the read can be found deleted by it. Rows that events add later may
    // be missing from the answer because they are newer.
    const gone = new Set(set.keys());
    const news: string[] = [];
    const held: Row[] = [];
    let newest: string | null = null;
    await eachPage<Row>(chosen, ({ rows, isWhole }) => {
      for (const row of rows) gone.delete(keyOf(row, keyName)!);
      newest = set.newestOf(rows, newest);
      if (!shown || isWhole) return void held.push(...rows);
      news.push(...set.accept([], rows));
      shown();
      if (readFirst) shown = undefined;
    }, shown && { readFirst });
    reader.newest = newest;
    return [...news, ...set.accept([...gone], held)];
  }

  function areMany(keys: number): boolean {
    return keys > MANY_KEYS && keys / KEYS_PER_REQUEST > set.size / pageRows;
  }

  async function some(keys: readonly string[]): Promise<string[]> {
    if (areMany(keys.length)) return all();
    const news: string[] = [];
    for (let start = 0; start < keys.length; start += KEYS_PER_REQUEST) {
      let asked = keys.slice(start, start + KEYS_PER_REQUEST);
      while (asked.length) {
        const query = select().filter(keyName, "in", listOf(asked));
        const { rows, isWhole } = await answer<Row>(query);
        news.push(...set.accept(isWhole ? asked : [], rows));
        const found = new Set(rows.map((row) => keyOf(row, keyName)));
        asked = isWhole ? [] : asked.filter((key) => !found.has(key));
      }
    }
    return news;
  }

  async function survey(): Promise<string[] | null> {
    if (!reader.newest) return null;
    const gone = new Set(set.keys());
    const changed: string[] = [];
    await eachPage<object>(times, ({ rows }) => {
      for (const row of rows) gone.delete(keyOf(row, keyName)!);
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
    return rows.filter((row) => set.lacks(row)).map((row) => keyOf(row, keyName)!);
  }

  /** All rows by key; with `first`, a small page comes before, which may be in another order. */
  async function eachPage<Read>(
    columns: string,
    take: (page: Answer<Read>) => void,
    first?: { readFirst?: string },
  ): Promise<void> {
    let last: string | null = null;
    most = 0; // the server may have been set up anew
    for (;;) {
      const [name, way] = first?.readFirst?.split(".") ?? [keyName];
      const query = select(columns, last === null)
        .order(name, { ascending: way !== "desc" })
        .limit(first ? Math.min(FIRST_ROWS, pageRows) : pageRows);
      const page = await answer<Read>(last === null ? query : query.filter(keyName, "gt", last));
      take(page);
      if (page.isWhole) return;
      if (!first?.readFirst) last = keyOf(page.rows.at(-1) as object, keyName);
      first = undefined;
    }
  }

  function select(columns = chosen, isCounted = false): Query {
    let query: Query = client.schema(schema).from(table)
      .select(columns, isCounted ? { count: "exact" } : {});
    if (only !== undefined) query = query.filter(keyName, "eq", only);
    return filtered ? query.filter(filtered[1], filtered[2], filtered[3]) : query;
  }

  async function answer<Read>(query: Query): Promise<Answer<Read>> {
    const abort = new AbortController(); // React Native has no AbortSignal.timeout
    const timer = setTimeout(() => abort.abort(), READ_TIMEOUT_MS);
    // Not tried again here: the caller does, and not while the page is hidden.
    const { data, error, status, count } = await query.abortSignal(abort.signal).retry(false);
    clearTimeout(timer);
    if (error) throw new ReadFailed(error, status);
    if (reader.closed) throw new ReadFailed({ message: "" }, 0);
    reader.answers++;
    const rows = data as unknown as Read[];
    const isWhole = !rows.length ||
      (count === null ? rows.length < most : rows.length === count);
    most = Math.max(most, rows.length);
    return { rows, isWhole };
  }
}
