/** Finds, sorts and pages the rows of a list; no network and no page. */
import { collator } from "./language.ts";
import type { ListState, Sort } from "./list-state.ts";
import type { ProcessingRow, Status } from "./rows.ts";

/** So many rows are on screen at most, however many there are. */
export const ROWS_PER_PAGE = 25;

/** What a list has to know of its rows. */
export interface Listed<Row> {
  name(row: Row): string;
  company?(row: Row): string | null | undefined;
  /** What the search looks into. */
  texts(row: Row): (string | null | undefined)[];
  archived?(row: Row): boolean;
}

export interface ListPage<Row> {
  /** All rows that were asked for, on every page. */
  matching: readonly Row[];
  /** The rows of this page. */
  shown: readonly Row[];
  page: number;
  pages: number;
  /** How many rows each status has, whatever status was asked for. */
  counts: Record<Status, number>;
}

/** Small and capital letters and accents are the same for a search. */
export function folded(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/** The list of one table. It remembers what it worked out of rows that did not change. */
export class RowList<Row extends ProcessingRow> {
  readonly #listed: Listed<Row>;
  /** The texts of a row for the search. A row that changes is another object. */
  readonly #texts = new WeakMap<Row, string>();
  #order: string[] = [];

  constructor(listed: Listed<Row>) {
    this.#listed = listed;
  }

  page(rows: readonly Row[], state: ListState): ListPage<Row> {
    const counts = { pending: 0, processing: 0, completed: 0, failed: 0, cancelled: 0 };
    const matching: Row[] = [];
    const words = folded(state.search).split(/\s+/).filter(Boolean);
    for (const row of this.#sorted(rows, state.sort)) {
      if (!this.#isIn(row, state) || !this.#has(row, words)) continue;
      counts[row.processing_status] += 1;
      if (!state.status || row.processing_status === state.status) matching.push(row);
    }
    const pages = Math.max(1, Math.ceil(matching.length / ROWS_PER_PAGE));
    const page = Math.min(state.page, pages);
    const shown = matching.slice((page - 1) * ROWS_PER_PAGE, page * ROWS_PER_PAGE);
    return { matching, shown, page, pages, counts };
  }

  #isIn(row: Row, { scope }: ListState): boolean {
    if (scope === "all" || !this.#listed.archived) return true;
    return this.#listed.archived(row) === (scope === "archived");
  }

  #has(row: Row, words: string[]): boolean {
    if (!words.length) return true;
    let text = this.#texts.get(row);
    if (text === undefined) {
      text = folded(this.#listed.texts(row).filter(Boolean).join("\n"));
      this.#texts.set(row, text);
    }
    return words.every((word) => text.includes(word));
  }

  /** Begins with the order of the last time: sorting is fast where few rows are out of place. */
  #sorted(rows: readonly Row[], sort: Sort): Row[] {
    const rest = new Map(rows.map((row) => [row.id, row]));
    const sorted: Row[] = [];
    for (const id of this.#order) {
      const row = rest.get(id);
      if (row && rest.delete(id)) sorted.push(row);
    }
    sorted.push(...rest.values());
    sorted.sort(this.#comparing(sort));
    this.#order = sorted.map(({ id }) => id);
    return sorted;
  }

  #comparing(sort: Sort): (left: Row, right: Row) => number {
    const { name, company } = this.#listed;
    const { compare } = collator({ sensitivity: "base", numeric: true });
    if (sort === "title") {
      return (left, right) => compare(name(left), name(right)) || byAge(left, right);
    }
    if (sort === "company") {
      // Rows without a company come last.
      const text = (row: Row) => company?.(row) || "\uffff";
      return (left, right) => compare(text(left), text(right)) || byAge(left, right);
    }
    if (sort === "ended") {
      return (left, right) => later(endOf(left), endOf(right)) || byAge(left, right);
    }
    return byAge;
  }
}

function endOf(row: ProcessingRow): string {
  return row.processing_finished_at ?? "";
}

function later(left: string, right: string): number {
  return right < left ? -1 : Number(right > left);
}

/** Sorts rows by age, the newest first. */
export function byAge(left: { created_at: string }, right: { created_at: string }): number {
  return later(left.created_at, right.created_at);
}
