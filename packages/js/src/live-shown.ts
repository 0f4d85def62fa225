/** What listeners see of a set of rows. */
import type { RowSet } from "./live-row-set.ts";
import { type LiveView, NOTHING } from "./live-view.ts";

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
    view() {
      const rows = set.sorted();
      if (rows !== last.rows) last = { ...last, rows };
      return last;
    },
    last: () => last,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    publish(part = {}) {
      const next = { ...last, ...part };
      const isNew = Object.keys(part).some((name) =>
        last[name as keyof typeof last] !== next[name as keyof typeof next]
      );
      if (isNew) last = next;
      if (!isNew && !set.changed) return;
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
