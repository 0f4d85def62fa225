/** Rows in their order. A change costs a binary search and one copy of the list, and no sort. */

export type Compare<Row> = (left: Row, right: Row) => number;

/** A row and what takes its place; either may be missing. */
export type RowChange<Row> = readonly [was: Row | undefined, is: Row | undefined];

/** If a larger part of the rows changed, they are sorted anew. */
const FEW = 1 / 64;

export interface RowOrder<Row> {
  /** A row that is new, or takes the place of another among its equals. */
  place(row: Row, instead?: Row): void;
  /** The list after these changes; `all` are the rows that are in it then, in any order. */
  update(changes: readonly RowChange<Row>[], all: () => Row[]): readonly Row[];
}

export function rowOrder<Row extends object>(sort?: Compare<Row>): RowOrder<Row> {
  /** Rows that the caller's order holds for equal are in the order in which they came. */
  const places = new WeakMap<Row, number>();
  let next = 0;
  let sorted: readonly Row[] = [];
  const compare = (left: Row, right: Row) =>
    (sort?.(left, right) ?? 0) || places.get(left)! - places.get(right)!;
  return {
    place(row, instead) {
      places.set(row, instead ? places.get(instead)! : next++);
    },
    update(changes, all) {
      if (changes.length > 1 + sorted.length * FEW) return (sorted = all().sort(compare));
      const rows = sorted.slice();
      for (const [was] of changes) {
        if (was) rows.splice(rows.indexOf(was), 1);
      }
      for (const [, is] of changes) {
        if (is) rows.splice(lowerBound(rows, is, compare), 0, is);
      }
      return (sorted = rows);
    },
  };
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
