/** How live rows are read. A read that failed is null. */
import type { Client } from "./live-types.ts";
import type { Key } from "./live-key.ts";

export interface TableOptions {
  table: string;
  schema?: string;
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

/** A connection may be dead without an error; the next read must not wait for it. */
const READ_TIMEOUT_MS = 30_000;

export class Table<Row extends object> {
  readonly pageRows: number;
  /** How many reads were answered. */
  answers = 0;
  readonly #client: Client;
  readonly #options: TableOptions;
  readonly #key: Key;

  constructor(client: Client, options: TableOptions, key: Key) {
    this.#client = client;
    this.#options = options;
    this.#key = key;
    this.pageRows = options.pageRows ?? 1000;
  }

  async all(): Promise<Row[] | null> {
    const rows: Row[] = [];
    const { columns = "*" } = this.#options;
    for (;;) {
      const last = rows.at(-1);
      const page = await this.#read<Row>(columns, (query) => {
        const ordered = this.#key.order(query).limit(this.pageRows);
        return last ? this.#key.after(ordered, this.#key.of(last)!) : ordered;
      });
      if (page === null) return null;
      rows.push(...page);
      if (page.length < this.pageRows) return rows;
    }
  }

  some(keys: string[]): Promise<Row[] | null> {
    return this.#read(this.#options.columns ?? "*", (query) => this.#key.among(query, keys));
  }

  /** Keys and times of up to `pageRows` rows, either of all or of those changed since `since`. */
  times(column: string, since: string | null): Promise<object[] | null> {
    return this.#read([...this.#key.columns, column].join(), (query) => {
      const few = query.limit(this.pageRows);
      return since ? few.gte(column, since) : few;
    });
  }

  async #read<Answer>(
    columns: string,
    which: (query: Select) => Select,
  ): Promise<Answer[] | null> {
    // Not AbortSignal.timeout: React Native has none.
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), READ_TIMEOUT_MS);
    const { data, error } = await which(select(this.#client, this.#options, columns))
      .abortSignal(abort.signal)
      // The caller tries again itself, and not while the page is hidden.
      .retry(false);
    clearTimeout(timer);
    if (error) return null;
    this.answers++;
    return data as unknown as Answer[];
  }
}

/** A query whose conditions are still to come. */
export type Select = ReturnType<typeof select>;

function select(client: Client, { schema = "public", table, filter }: TableOptions, columns: string) {
  const query = client.schema(schema).from(table).select(columns);
  const parts = filter?.match(/^(\w+)=(\w+)\.(.*)$/);
  return parts ? query.filter(parts[1], parts[2], parts[3]) : query;
}
