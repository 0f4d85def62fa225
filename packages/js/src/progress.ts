/** What a page shows of a row that a worker works on, taken from the columns of `attach`. */

export type Status = "pending" | "processing" | "completed" | "failed" | "cancelled";

export interface ProcessingError {
  code: string;
  /** A sentence for the row's owner. */
  message: string;
  /** The values in the sentence, by name, for a page that says it in another language. */
  params?: Record<string, string | number>;
  stage?: string | null;
  retryable?: boolean;
}

/** The columns that are read; `supabase gen types` gives `Json` for the error. */
export interface ProgressRow {
  processing_status?: Status | null;
  processing_stage?: string | null;
  processing_progress?: number | null;
  processing_not_before?: string | null;
  processing_error?: unknown;
}

export interface Progress {
  /** Null if the row is no work, or there is no row yet. */
  status: Status | null;
  /** Whether a worker will still change the row. */
  isOpen: boolean;
  /** What is done now, as a label; only while the row is processing. */
  stage: string | null;
  /** From 0 to 100; null unless the row is processing or completed. */
  percent: number | null;
  /** Why a pending row does not run yet. */
  waiting: Waiting | null;
  /** Why it failed; null unless the row has failed. */
  error: ProcessingError | null;
}

/** For a text such as "Tries again at 12:05: the site did not answer". */
export interface Waiting {
  /** `worker`: for a free one; `time`: until a moment that the user, a retry or a service set. */
  for: "worker" | "time";
  until: Date | null;
  /** What went wrong in the run before, for the user. */
  reason: string | null;
}

/** `isDue` says whether the row's `processing_not_before` has come. */
export function progressOf(
  row: ProgressRow | null | undefined,
  isDue: boolean = dueIn(row?.processing_not_before) <= 0,
): Progress {
  const { processing_status, processing_stage, processing_progress, processing_not_before } = row ??
    {};
  const status = processing_status ?? null;
  const runs = status === "processing";
  const error = (row?.processing_error ?? null) as ProcessingError | null;
  return {
    status,
    isOpen: runs || status === "pending",
    stage: runs ? processing_stage ?? null : null,
    percent: runs ? processing_progress ?? 0 : status === "completed" ? 100 : null,
    waiting: status === "pending" ? waitingOf(isDue ? null : processing_not_before, error) : null,
    error: status === "failed" ? error : null,
  };
}

/** Milliseconds until a row is due; 0 or less if it is. */
export function dueIn(notBefore: string | null | undefined): number {
  return notBefore ? Date.parse(notBefore) - Date.now() : 0;
}

/** Until when and why a pending row waits; without a time, for a free worker. */
function waitingOf(notBefore: string | null | undefined, error: ProcessingError | null): Waiting {
  const until = notBefore ? new Date(notBefore) : null;
  return { for: until ? "time" : "worker", until, reason: error?.message ?? null };
}
