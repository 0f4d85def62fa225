/** Research rows and batches in the form of an earlier API: a job with plain texts as results. */

import type { Json, Tables } from "../_shared/database.types.ts";

type Research = Pick<
  Tables<"company_research">,
  | "id"
  | "processing_status"
  | "processing_stage"
  | "processing_progress"
  | "processing_error"
  | "result"
  | "created_at"
  | "updated_at"
>;
type Batch = Pick<
  Tables<"batch_jobs">,
  "id" | "status" | "total" | "completed" | "failed" | "results" | "created_at" | "updated_at"
>;

const STATUS = {
  pending: "queued",
  processing: "processing",
  completed: "completed",
  failed: "failed",
  cancelled: "failed",
} as const;

/** The job for one research row. A cancelled row, or one without a status, counts as failed. */
export function statusOfResearch(row: Research) {
  const isComplete = row.processing_status === "completed";
  return {
    ...job(row, STATUS[row.processing_status ?? "cancelled"]),
    progress: `${isComplete ? 100 : row.processing_progress}/100`,
    results: isComplete ? plainResults(row.result) : null,
    message: messageOf(row),
  };
}

/** The job for a batch. Progress is the number of companies that are done, of all. */
export function statusOfBatch(row: Batch) {
  const done = row.completed + row.failed;
  return {
    ...job(row, STATUS[row.status as keyof typeof STATUS]),
    progress: `${Math.min(done, row.total)}/${row.total}`,
    results: row.results,
    message: `${done} of ${row.total} companies are done, ${row.failed} of them without success.`,
  };
}

type Job = { id: string; created_at: string; updated_at: string };

function job(row: Job, status: (typeof STATUS)[keyof typeof STATUS]) {
  return {
    jobId: row.id,
    status,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    isComplete: status === "completed",
    isFailed: status === "failed",
  };
}

function messageOf(row: Research): string {
  switch (row.processing_status) {
    case "pending":
      return "The research waits for its turn.";
    case "processing":
      return `The research is running${row.processing_stage ? `: ${row.processing_stage}` : ""}.`;
    case "completed":
      return "The research is complete.";
    case "cancelled":
    case null:
      return "The research was cancelled.";
    case "failed":
      return textOf(member(row.processing_error, "message")) ?? "The research failed.";
  }
}

/**
 * The brief as plain texts, without what proves each statement; null if the result is no object.
 */
export function plainResults(result: Json): Json {
  if (!isObject(result)) return null;
  const { sources, salaryRange, ...rest } = result;
  const plain = Object.entries(rest).map(([name, value]) => [name, plainValue(value)]);
  return {
    ...Object.fromEntries(plain),
    salaryRange: amounts(salaryRange),
    sources: addresses(sources),
  };
}

function plainValue(value: Json | undefined): Json {
  if (Array.isArray(value)) return value.map(plainValue);
  if (!isObject(value)) return value ?? null;
  const { text, name, item } = value;
  return textOf(text) ?? textOf(name) ?? textOf(item) ?? value;
}

function amounts(range: Json | undefined): Json {
  if (!isObject(range)) return null;
  const { min, max, currency, interval } = range;
  return { min, max, currency, interval };
}

/** The first address of each kind of source; `website` and `github` are null if there is none. */
function addresses(sources: Json | undefined): { [kind: string]: Json } {
  const found: { [kind: string]: Json } = { website: null, github: null };
  for (const source of Array.isArray(sources) ? sources : []) {
    const [kind, url] = [textOf(member(source, "kind")), textOf(member(source, "url"))];
    if (kind && url) found[kind] ??= url;
  }
  return found;
}

function isObject(value: Json | undefined): value is { [key: string]: Json | undefined } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function member(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) ? value[name] : undefined;
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
