/** What listeners see of a set of rows. */
import type { RowSet } from "./live-row-set.ts";
import { type LiveView, NOTHING, updated } from "./live-view.ts";

export interface Shown<Row> {
  /** Another object each time that something changed. */
  view(): LiveView<Row>;
  /** What was published last, without a look at the rows. */
  last(): LiveView<Row>;
  subscribe(listener: () => void): () => void;
  /** Tells the listeners if this part is new, or if rows changed since somebody looked. */
  publish(part?: Partial<LiveView<Row>>): void;
  close(): void;
}

export function shownOf<Row extends object>(set: RowSet<Row>): Shown<Row> {
  const listeners = new Set<() => void>();
  let last: LiveView<Row> = NOTHING;
  return {
    view: () => (last = updated(last, { rows: set.sorted() })),
    last: () => last,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    publish(part = {}) {
      const before = last;
      last = updated(last, part);
      if (last === before && !set.changed) return;
      for (const listener of listeners) {
        try {
          listener();
        } catch (error) {
          console.error(error); // the others, and the next read, do not depend on it
        }
      }
    },
    close: () => listeners.clear(),
  };
}
