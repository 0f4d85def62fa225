/** The rows that live rows know, and how events and answers are merged into them; no network. */
import type { RealtimePostgresChangesPayload } from "@supabase/supabase-js";
import { keyOf } from "./live-key.ts";
import { type Compare, RowOrder } from "./live-row-order.ts";

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

export class RowSet<Row extends object> {
  readonly #key: string;
  readonly #time: string;
  readonly #rows = new Map<string, Row>();
  readonly #deleted = new Set<string>();
  readonly #patches = new Map<string, Patch & { shown?: Row }>();
  readonly #order: RowOrder<Row>;
  /** Of each row that changed since `sorted`, what was shown then. */
  readonly #changes = new Map<string, Row | undefined>();
  #sorted: readonly Row[] = [];

  constructor(key = "id", sort?: Compare<Row>, time = "updated_at") {
    this.#key = key;
    this.#time = time;
    this.#order = new RowOrder(sort);
  }

  /** Whether `sorted` would return other rows than it did. */
  get changed(): boolean {
    return this.#changes.size > 0;
  }

  get(key: string): Row | undefined {
    return this.#patches.get(key)?.shown ?? this.#rows.get(key);
  }

  /** The row as the database had it last. */
  stored(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  get size(): number {
    return this.#rows.size;
  }

  keys(wanted?: (row: Row) => boolean): string[] {
    if (!wanted) return [...this.#rows.keys()];
    return [...this.#rows].filter(([, row]) => wanted(row)).map(([key]) => key);
  }

  /** The rows as they are shown, in their order; the same list until one of them changes. */
  sorted(): readonly Row[] {
    if (this.#changes.size) {
      const changes = [...this.#changes].map(([key, was]) => ({ was, is: this.get(key) }))
        .filter(({ was, is }) => was !== is);
      if (changes.length) this.#sorted = this.#order.update(changes, () => this.#shown());
      this.#changes.clear(); // only now: the caller's order may have thrown
    }
    return this.#sorted;
  }

  /** Whether this row is not known, or not certainly as it is at this time. */
  lacks(row: object): boolean {
    const key = keyOf(row, this.#key)!;
    const held = this.#rows.get(key);
    if (!held) return !this.#deleted.has(key);
    const [known, now] = [this.#timeOf(held), this.#timeOf(row)];
    return !known || !now || compareTimes(known, now) < 0;
  }

  /** A read that begins now sees what was deleted before. */
  beginRead(): void {
    this.#deleted.clear();
  }

  /**
   * Applies one event; returns the key of a row that has to be read, or null. `reading` says that
   * a read is under way, whose answer may still contain a row that was deleted meanwhile.
   */
  apply(
    change: Pick<Change, "eventType" | "new" | "old" | "errors">,
    reading = false,
  ): string | null {
    const isDelete = change.eventType === "DELETE";
    const record = (isDelete ? change.old : change.new) as Row;
    const key = keyOf(record, this.#key);
    if (key === null) return null;
    if (isDelete) {
      this.#set(key, undefined);
      // Deletes of other users' rows arrive too, but each of them only until the next read.
      if (reading) this.#deleted.add(key);
      return null;
    }
    if (change.errors?.length) return this.#deleted.has(key) ? null : key;
    if (change.eventType === "INSERT") this.#deleted.delete(key); // the same key once more
    else if (this.#deleted.has(key)) return null;
    const held = this.#rows.get(key);
    if (!held && change.eventType === "UPDATE") return key;
    if (held && this.isOlder(record, held)) return null;
    // The key is as it was read: an event may have a number where a text was selected.
    const { [this.#key as keyof Row]: own } = held ?? record;
    this.#set(key, { ...held, ...record, [this.#key]: own });
    return null;
  }

  /**
   * Applies the rows that were read for these keys. An asked row that is missing was deleted.
   * Returns the keys of the rows that were deleted, new or newer.
   */
  accept(asked: Iterable<string>, rows: readonly Row[]): string[] {
    const found = new Set(rows.map((row) => keyOf(row, this.#key)!));
    const news = [...asked].filter((key) => !found.has(key) && this.#set(key, undefined));
    for (const row of rows) {
      const key = keyOf(row, this.#key)!;
      const held = this.#rows.get(key);
      if (this.#deleted.has(key) || (held && this.isOlder(row, held))) continue;
      if (!held || this.isOlder(held, row)) news.push(key);
      this.#set(key, row);
    }
    return news;
  }

  /** Shows the row with these fields until a later state of it is known, or `unpatch`. */
  patch(key: string, patch: Patch): void {
    const row = this.#rows.get(key)!;
    this.#note(key);
    patch.fields = { ...this.#patches.get(key)?.fields, ...patch.fields };
    this.#patches.set(key, patch);
    this.#show(row, patch);
  }

  unpatch(key: string, patch: Patch): void {
    if (this.#patches.get(key) !== patch) return; // a later one took its place
    this.#note(key);
    this.#patches.delete(key);
  }

  /** The patches that the next answer ends. */
  donePatches(): [string, Patch][] {
    return [...this.#patches].filter(([, { done }]) => done);
  }

  /** Whether `left` is certainly an earlier state of the same row as `right`. */
  isOlder(left: object, right: object): boolean {
    const byRun = runOf(left) - runOf(right);
    if (byRun !== 0) return byRun < 0;
    // Within one run the status is first `processing` and later another. Unlike the time, this
    // does not depend on clocks.
    const runs = (row: LiveRow) => Number(row.processing_status === "processing");
    const byEnd = runs(left as LiveRow) - runs(right as LiveRow);
    if (byEnd !== 0) return byEnd > 0;
    return compareTimes(this.#timeOf(left), this.#timeOf(right)) < 0;
  }

  /** The latest of this time and those of the rows; null if there is none. */
  newestOf(rows: readonly object[], before: string | null): string | null {
    return rows.map((row) => this.#timeOf(row)).reduce(
      (newest, time) => compareTimes(newest, time) < 0 || !newest ? time : newest,
      before,
    );
  }

  /** Whether there was such a row, or now is another one than before. */
  #set(key: string, row: Row | undefined): boolean {
    const held = this.#rows.get(key);
    if (held === row || (held && row && isSame(held, row))) return false;
    this.#note(key);
    if (!row) {
      this.#patches.delete(key);
      return this.#rows.delete(key);
    }
    this.#rows.set(key, row);
    this.#order.place(row, held);
    const patch = this.#patches.get(key);
    if (patch?.isPast(row)) this.#patches.delete(key);
    else if (patch) this.#show(row, patch);
    return true;
  }

  #show(row: Row, patch: Patch & { shown?: Row }): void {
    patch.shown = { ...row, ...patch.fields };
    this.#order.place(patch.shown, row);
  }

  #shown(): Row[] {
    return this.keys().map((key) => this.get(key)!);
  }

  #note(key: string): void {
    if (!this.#changes.has(key)) this.#changes.set(key, this.get(key));
  }

  #timeOf(row: object): string | null {
    return (row as Record<string, string | null>)[this.#time] ?? null;
  }
}

export function runOf(row: LiveRow | object): number {
  return (row as LiveRow).processing_run ?? 0;
}

function compareTimes(left: string | null, right: string | null): number {
  if (!left || !right) return 0;
  // Date only has milliseconds. Both texts are in UTC, so comparing them decides the microseconds.
  return Date.parse(left) - Date.parse(right) || (left < right ? -1 : Number(left > right));
}

function isSame(left: object, right: object): boolean {
  const names = Object.keys(right) as (keyof typeof right)[];
  return names.length === Object.keys(left).length && names.every((name) => {
    const [one, other] = [left[name], right[name]] as unknown[];
    return one === other ||
      (typeof one === "object" && JSON.stringify(one) === JSON.stringify(other));
  });
}
