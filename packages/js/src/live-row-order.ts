/** Rows in their order. A change costs a binary search and one copy of the list, and no sort. */

export type Compare<Row> = (left: Row, right: Row) => number;

/** A row and what takes its place; either may be missing. */
export interface RowChange<Row> {
  was?: Row;
  is?: Row;
}

/** If a larger part of the rows changed, they are sorted anew. */
const FEW = 1 / 64;

export class RowOrder<Row extends object> {
  readonly #compare: Compare<Row>;
  /** Rows that the caller's order holds for equal are in the order in which they came. */
  readonly #places = new WeakMap<Row, number>();
  #next = 0;
  #rows: readonly Row[] = [];

  constructor(sort?: Compare<Row>) {
    this.#compare = (left, right) =>
      (sort?.(left, right) ?? 0) || this.#places.get(left)! - this.#places.get(right)!;
  }

  /** A row that is new, or takes the place of another among its equals. */
  place(row: Row, instead?: Row): void {
    this.#places.set(row, instead ? this.#places.get(instead)! : this.#next++);
  }

  /** The list after these changes; `all` are the rows that are in it then, in any order. */
  update(changes: readonly RowChange<Row>[], all: () => Row[]): readonly Row[] {
    if (changes.length > 1 + this.#rows.length * FEW) {
      return (this.#rows = all().sort(this.#compare));
    }
    const rows = this.#rows.slice();
    for (const { was } of changes) {
      if (was) rows.splice(rows.indexOf(was), 1);
    }
    for (const { is } of changes) {
      if (is) rows.splice(lowerBound(rows, is, this.#compare), 0, is);
    }
    return (this.#rows = rows);
  }
}

function lowerBound<Row>(rows: readonly Row[], row: Row, compare: Compare<Row>): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(rows[middle], row) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
