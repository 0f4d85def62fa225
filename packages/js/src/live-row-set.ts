/** The rows that `live-rows.ts` knows, and how events are merged into them; no network code. */
import type { RealtimePostgresChangesPayload } from "@supabase/supabase-js";

/** What the module needs to know of a row; `id` is its primary key. */
export interface LiveRow {
  id: string;
  updated_at?: string | null;
  processing_run?: number | null;
  processing_status?: string | null;
}

/** The part of a Postgres Changes event that matters here. */
export type Change = Pick<
  RealtimePostgresChangesPayload<Record<string, unknown>>,
  "eventType" | "new" | "old" | "errors"
>;

/** The rows that are known, and the rules for merging events into them; no network code. */
export class RowSet<Row extends LiveRow> {
  readonly #rows = new Map<string, Row>();
  readonly #deleted = new Set<string>();

  ids(wanted: (row: Row) => boolean = () => true): string[] {
    return [...this.#rows.values()].filter(wanted).map(({ id }) => id);
  }

  /** Whether the row with this id is not known, or is known only as it was at an earlier time. */
  lacks({ id, updated_at }: LiveRow): boolean {
    const held = this.#rows.get(id);
    return held ? compareTimes(held.updated_at, updated_at) < 0 : !this.#deleted.has(id);
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

  /**
   * Applies the rows that were read for these ids. An asked row that is missing was deleted.
   * Returns the ids of the rows that were deleted, new or newer.
   */
  accept(asked: Iterable<string>, rows: readonly Row[]): string[] {
    const found = new Set(rows.map(({ id }) => id));
    const news = [...asked].filter((id) => !found.has(id) && this.#rows.delete(id));
    for (const row of rows) {
      const held = this.#rows.get(row.id);
      if (this.#deleted.has(row.id) || (held && isOlder(row, held))) continue;
      if (!held || isOlder(held, row)) news.push(row.id);
      this.#rows.set(row.id, row);
    }
    return news;
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

/** The latest `updated_at` of these rows, or null. */
export function newestOf(rows: readonly LiveRow[]): string | null {
  const times = rows.map(({ updated_at }) => updated_at ?? null);
  return times.reduce(
    (newest, time) => compareTimes(newest, time) < 0 || !newest ? time : newest,
    null,
  );
}
