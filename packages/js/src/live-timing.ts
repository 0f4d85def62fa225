/** When live rows are read without an event, and how long after a failure. */

/** In milliseconds. */
export interface LiveTiming {
  /** Rows that are not final are read again after a random time between these two. */
  againMinMs: number;
  againMaxMs: number;
  /** How often to ask which rows are new or changed. */
  changedMs: number;
  /** How often to read all rows. */
  wholeMs: number;
  /** How long after a check an event may come before it counts as missed. */
  lateMs: number;
  /** How long before its commit a transaction may have set `updated_at`. */
  commitMs: number;
  /** How long nothing may be subscribed until reads replace the events. */
  blockedMs: number;
  /** How long `retry` and the like may take until the row is read instead. */
  actionMs: number;
}

export const TIMING: LiveTiming = {
  againMinMs: 15_000,
  againMaxMs: 28_000, // with the request, a row is right within 30 s
  changedMs: 60_000,
  wholeMs: 600_000,
  lateMs: 2_000,
  commitMs: 30_000,
  blockedMs: 20_000,
  actionMs: 30_000,
};

const MAX_BACKOFF_MS = 30_000;

/** The pause after failures: up to 1, 2, 4 … 30 s, partly random, so that many pages spread. */
export function backoff(failures: number): number {
  return Math.min(1000 * 2 ** failures, MAX_BACKOFF_MS) * (0.5 + Math.random() / 2);
}

/** What a timer takes: it counts no more than 24 days, and ends at once after a longer time. */
export function timerMs(ms: number): number {
  return Math.min(ms, 2 ** 31 - 1);
}
