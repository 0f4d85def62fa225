/** How `live-rows.ts` reads its table. A read that failed is null. */
import type { SupabaseClient } from "@supabase/supabase-js";
import type { LiveRow } from "./live-row-set.ts";

export interface TableOptions {
  table: string;
  schema?: string;
  /** Limits both the snapshot and the subscription to some rows, for example `type=in.(A,B)`. */
  filter?: string;
}

/** PostgREST answers at most 1,000 rows by default. Lower this if your project's `max_rows` is. */
export const PAGE_ROWS = 1000;
/** A connection may be dead without an error; the next read must not wait for it. */
const READ_TIMEOUT_MS = 30_000;

export class Table<Row extends LiveRow> {
  readonly #client: SupabaseClient;
  readonly #options: TableOptions;

  constructor(client: SupabaseClient, options: TableOptions) {
    this.#client = client;
    this.#options = options;
  }

  async all(): Promise<Row[] | null> {
    const rows: Row[] = [];
    for (;;) {
      let query = this.#select("*").order("id").limit(PAGE_ROWS);
      const last = rows.at(-1);
      if (last) query = query.gt("id", last.id);
      const page = await answer<Row>(query);
      if (page === null) return null;
      rows.push(...page);
      if (page.length < PAGE_ROWS) return rows;
    }
  }

  some(ids: string[]): Promise<Row[] | null> {
    return answer(this.#select("*").in("id", ids));
  }

  /** Ids and times of up to `PAGE_ROWS` rows, either of all or of those changed since `since`. */
  times(since: string | null): Promise<LiveRow[] | null> {
    const query = this.#select("id,updated_at").limit(PAGE_ROWS);
    return answer(since ? query.gte("updated_at", since) : query);
  }

  #select(columns: string) {
    const { schema = "public", table, filter } = this.#options;
    const query = this.#client.schema(schema).from(table).select(columns)
      .abortSignal(AbortSignal.timeout(READ_TIMEOUT_MS))
      // The caller tries again itself, and not while the page is hidden.
      .retry(false);
    const parts = filter?.match(/^(\w+)=(\w+)\.(.*)$/);
    return parts ? query.filter(parts[1], parts[2], parts[3]) : query;
  }
}

async function answer<Answer>(
  query: PromiseLike<{ data: unknown; error: unknown }>,
): Promise<Answer[] | null> {
  const { data, error } = await query;
  return error ? null : (data as Answer[]);
}
