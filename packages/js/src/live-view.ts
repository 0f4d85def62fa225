/** What live rows take and what they give. */
import type { Call } from "./live-actions.ts";
import type { KeyValue } from "./live-key.ts";
import type { LinkOptions } from "./live-link.ts";
import type { LiveMoments } from "./live-moments.ts";
import type { LiveProblem } from "./live-problem.ts";
import type { LiveTiming } from "./live-timing.ts";

export interface LiveOptions<Row> extends LinkOptions {
  sort?: (left: Row, right: Row) => number;
  /** Whether no worker will change the row; by default as its `processing_status` says. */
  final?: (row: Row) => boolean;
  /** Carries out `retry`, `cancel` and `resetToAutomatic`; by default the Edge Function `api`. */
  call?: Call;
  /** When somebody looks; by default what a browser says. React Native has to say it itself. */
  moments?: LiveMoments;
  timing?: Partial<LiveTiming>;
}

export interface LiveView<Row> {
  /** The same list until a row changes. */
  readonly rows: readonly Row[];
  /** False until there is something to show. */
  readonly loaded: boolean;
  /** False until all rows have been read once; a long list is shown before that. */
  readonly complete: boolean;
  /** Why nothing can be read, if that will not pass by itself; null after a read that was answered. */
  readonly problem: LiveProblem | null;
  /**
   * `live`: the rows are up to date and changes arrive. `catching up`: a check found a change that
   * no event had told; the rows are right some seconds late until a check finds nothing. `polling`:
   * nothing can be subscribed here, so rows are read every 15 to 28 s.
   */
  readonly link: "connecting" | "live" | "catching up" | "reconnecting" | "polling";
}

export interface LiveActions {
  /**
   * Queues a row again; shown as `pending` at once, and taken back if it is refused. `fresh` has
   * the steps that were done done again. Rejects with what the call threw.
   */
  readonly retry: (key: KeyValue, options?: { fresh?: boolean }) => Promise<void>;
  /** Stops a row that waits or runs; shown as `cancelled` at once, as with `retry`. */
  readonly cancel: (key: KeyValue) => Promise<void>;
  /** Lets the worker write columns again that a user had edited: these, or all. */
  readonly resetToAutomatic: (key: KeyValue, columns?: readonly string[]) => Promise<void>;
}

/** What there is before anything is read, and on a server. */
export const NOTHING: LiveView<never> = {
  rows: [],
  loaded: false,
  complete: false,
  problem: null,
  link: "connecting",
};

/** The view with this part in it: the same object if nothing in the part is new. */
export function updated<View>(view: View, part: Partial<View>): View {
  const names = Object.keys(part) as (keyof View)[];
  return names.some((name) => view[name] !== part[name]) ? { ...view, ...part } : view;
}

export interface LiveRows<Row> extends LiveActions {
  /** Another object each time that something changed, and only then. */
  readonly view: LiveView<Row>;
  /** Calls the listener after each change of `view`; returns a function that ends this. */
  readonly subscribe: (listener: () => void) => () => void;
  /** The row with this key as it is shown. */
  readonly get: (key: KeyValue) => Row | undefined;
  readonly close: () => void;
}
