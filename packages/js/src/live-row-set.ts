/** The rows that live rows know, and how events and answers are merged into them; no network. */
import type { RealtimePostgresChangesPayload } from "@supabase/supabase-js";
import type { KeyValue } from "./live-key.ts";
import { type Compare, type RowChange, rowOrder } from "./live-row-order.ts";

/** The usual columns of a row. A table may lack any of them, and its key may have another name. */
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

/** What a row is shown as before the database says so. */
export interface Patch {
  fields: object;
  /** Whether this state of the row is later than what was asked for. */
  isPast(row: object): boolean;
  /** Whether the next answer about the row ends it. */
  done?: boolean;
}

export interface RowSet<Row> {
  readonly size: number;
  /** Whether `sorted` would return other rows than it did. */
  readonly changed: boolean;
  /** The key of a row or of a part of one; null if it is missing. */
  keyOf(row: object): string | null;
  get(key: string): Row | undefined;
  /** The row as the database had it last. */
  stored(key: string): Row | undefined;
  keys(wanted?: (row: Row) => boolean): string[];
  /** The rows as they are shown, in their order; the same list until one of them changes. */
  sorted(): readonly Row[];
  /** Whether this row is not known, or not certainly as it is at this time. */
  lacks(row: object): boolean;
  /** A read that begins now sees what was deleted before; returns the patches that it ends. */
  beginRead(): [string, Patch][];
  /**
   * Applies one event; returns whether the row has to be read. `reading` says that a read is under
   * way, whose answer may still contain a row that was deleted meanwhile.
   */
  apply(change: Change, reading?: boolean): boolean;
  /**
   * Applies the rows that were read for these keys. An asked row that is missing was deleted.
   * Returns the keys of the rows that were deleted, new or newer.
   */
  accept(asked: Iterable<string>, rows: readonly Row[]): string[];
  /** Shows the row with these fields until a later state of it is known, or `unpatch`. */
  patch(key: string, patch: Patch): void;
  unpatch(key: string, patch: Patch | null | undefined): void;
  /** The latest of this time and those of the rows; null if there is none. */
  newestOf(rows: readonly object[], before: string | null): string | null;
}

export function rowSet<Row extends object>(
  keyName = "id",
  sort?: Compare<Row>,
  timeName = "updated_at",
): RowSet<Row> {
  const rows = new Map<string, Row>();
  const deleted = new Set<string>();
  const patches = new Map<string, Patch & { shown?: Row }>();
  const order = rowOrder(sort);
  /** Of each row that changed since `sorted`, what was shown then. */
  const changes = new Map<string, Row | undefined>();
  let list: readonly Row[] = [];

  function keyOf(row: object): string | null {
    return (row as Record<string, KeyValue | null>)[keyName]?.toString() ?? null;
  }

  function get(key: string): Row | undefined {
    return patches.get(key)?.shown ?? rows.get(key);
  }

  function keys(wanted: (row: Row) => boolean = () => true): string[] {
    return [...rows].filter(([, row]) => wanted(row)).map(([key]) => key);
  }

  function sorted(): readonly Row[] {
    if (changes.size) {
      const changed = [...changes].map(([key, was]): RowChange<Row> => [was, get(key)])
        .filter(([was, is]) => was !== is);
      if (changed.length) list = order.update(changed, () => keys().map((key) => get(key)!));
      changes.clear(); // only now: the caller's order may have thrown
    }
    return list;
  }

  function lacks(row: object): boolean {
    const key = keyOf(row)!;
    const held = rows.get(key);
    if (!held) return !deleted.has(key);
    const [known, now] = [timeOf(held), timeOf(row)];
    return !known || !now || compareTimes(known, now) < 0;
  }

  function apply(change: Change, reading = false): boolean {
    const isDelete = change.eventType === "DELETE";
    const record = (isDelete ? change.old : change.new) as Row;
    const key = keyOf(record);
    if (key === null) return false; // refused by Realtime
    if (isDelete) {
      put(key, undefined);
      // Deletes of other users' rows arrive too, but each of them only until the next read.
      if (reading) deleted.add(key);
      return false;
    }
    if (change.errors?.length) return !deleted.has(key);
    if (change.eventType === "INSERT") deleted.delete(key); // the same key once more
    else if (deleted.has(key)) return false;
    const held = rows.get(key);
    if (!held && change.eventType === "UPDATE") return true;
    if (held && isOlder(record, held)) return false;
    // The key is as it was read: an event may have a number where a text was selected.
    const { [keyName as keyof Row]: own } = held ?? record;
    put(key, { ...held, ...record, [keyName]: own });
    return false;
  }

  function accept(asked: Iterable<string>, read: readonly Row[]): string[] {
    const found = new Set(read.map((row) => keyOf(row)!));
    const news = [...asked].filter((key) => !found.has(key) && put(key, undefined));
    for (const row of read) {
      const key = keyOf(row)!;
      const held = rows.get(key);
      if (deleted.has(key) || (held && isOlder(row, held))) continue;
      if (!held || isOlder(held, row)) news.push(key);
      put(key, row);
    }
    return news;
  }

  function patch(key: string, patch: Patch): void {
    note(key);
    patch.fields = { ...patches.get(key)?.fields, ...patch.fields };
    patches.set(key, patch);
    show(rows.get(key)!, patch);
  }

  function unpatch(key: string, patch: Patch | null | undefined): void {
    if (!patch || patches.get(key) !== patch) return; // a later one took its place
    note(key);
    patches.delete(key);
  }

  /** Whether `left` is certainly an earlier state of the same row as `right`. */
  function isOlder(left: object, right: object): boolean {
    // Within one run the status is first `processing` and later another. Unlike the time, this
    // does not depend on clocks.
    const hasEnded = (row: LiveRow) => Number(row.processing_status !== "processing");
    const order = runOf(left) - runOf(right) ||
      hasEnded(left as LiveRow) - hasEnded(right as LiveRow) ||
      compareTimes(timeOf(left), timeOf(right));
    return order < 0;
  }

  function newestOf(read: readonly object[], before: string | null): string | null {
    return read.map(timeOf).reduce(
      (newest, time) => compareTimes(newest, time) < 0 || !newest ? time : newest,
      before,
    );
  }

  /** Whether there was such a row, or now is another one than before. */
  function put(key: string, row: Row | undefined): boolean {
    const held = rows.get(key);
    if (held === row || (held && row && isSame(held, row))) return false;
    note(key);
    if (!row) {
      patches.delete(key);
      return rows.delete(key);
    }
    rows.set(key, row);
    order.place(row, held);
    const patch = patches.get(key);
    if (patch?.isPast(row)) patches.delete(key);
    else if (patch) show(row, patch);
    return true;
  }

  function show(row: Row, patch: Patch & { shown?: Row }): void {
    patch.shown = { ...row, ...patch.fields };
    order.place(patch.shown, row);
  }

  function note(key: string): void {
    if (!changes.has(key)) changes.set(key, get(key));
  }

  function timeOf(row: object): string | null {
    return (row as Record<string, string | null>)[timeName] ?? null;
  }

  return {
    get size() {
      return rows.size;
    },
    get changed() {
      return changes.size > 0;
    },
    keyOf,
    get,
    stored: (key) => rows.get(key),
    keys,
    sorted,
    lacks,
    beginRead() {
      deleted.clear();
      return [...patches].filter(([, { done }]) => done);
    },
    apply,
    accept,
    patch,
    unpatch,
    newestOf,
  };
}

export function runOf(row: LiveRow | object): number {
  return (row as LiveRow).processing_run ?? 0;
}

/** Less than 0 if the left time is certainly earlier. */
function compareTimes(left: string | null, right: string | null): number {
  if (!left || !right) return 0;
  // Date only has milliseconds. Both texts are in UTC, so comparing them decides the microseconds.
  return Date.parse(left) - Date.parse(right) || -Number(left < right);
}

/** Events and answers have the columns in the order of the table. */
function isSame(left: object, right: object): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
