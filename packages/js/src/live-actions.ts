/** What a user may ask for a row, and how the row is shown until the database has answered. */
import { type LiveRow, type Patch, runOf } from "./live-row-set.ts";
import type { Client } from "./live-types.ts";

export interface Action {
  verb: "retry" | "cancel" | "reset";
  schema: string;
  table: string;
  key: string;
  /** Of `retry`: whether the steps that were done are done again. */
  fresh?: boolean;
  /** Of `reset`: the edited columns that the worker may write again; all if missing. */
  columns?: readonly string[];
}

/**
 * Has an action carried out. Answers the row as it is after that, or anything else, and then the row
 * is read. Throws if it was refused.
 */
export type Call = (action: Action) => Promise<unknown>;

/**
 * An action was refused; `code` and `message` are what the Edge Function answered. Without a `code`
 * it gave no such answer, or could not be reached; then `message` is for developers.
 */
export class ActionRefused extends Error {
  readonly code: string | undefined;

  constructor(message: string, code?: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/**
 * Calls an Edge Function as the user who is signed in: `POST processing/<table>/<key>/<verb>`, with
 * `{fresh}` or `{columns}`. It must check that the row is the user's, because nobody but a service
 * may call `processing.retry`, `processing.cancel` and `processing.reset_edited`. It refuses with
 * `{"error": {"code", "message"}}`, and a message for the user. The path does not name the schema.
 */
export function edgeFunction(client: Client, name = "api"): Call {
  return async ({ verb, table, key, fresh, columns }) => {
    const path = `${name}/processing/${table}/${encodeURIComponent(key)}/${verb}`;
    const { data, error } = await client.functions.invoke(path, { body: { fresh, columns } });
    if (!error) return data;
    const answer = await (error.context as Response | undefined)?.json?.().catch(() => null);
    const { message, code } = answer?.error?.message ? answer.error : error;
    throw new ActionRefused(message, code, error);
  };
}

/** What a retry leaves of the last run. */
const WAITS = {
  processing_status: "pending",
  processing_stage: null,
  processing_progress: 0,
  processing_error: null,
  processing_not_before: null,
};

export function isOpen(row: object): boolean {
  const { processing_status } = row as LiveRow;
  return processing_status === "pending" || processing_status === "processing";
}

/**
 * How a row is shown until the action is carried out; null if it changes nothing. `shown` differs
 * from `stored` while an earlier action is under way.
 */
export function patchOf({ verb, columns }: Action, shown: object, stored: object): Patch | null {
  const run = runOf(stored);
  if (verb === "reset") {
    const edited = (shown as { processing_edited?: string[] }).processing_edited;
    const left = columns ? edited?.filter((name) => !columns.includes(name)) : [];
    if (!edited) return null;
    return { fields: { processing_edited: left }, isPast: () => false };
  }
  if (verb === "cancel") {
    if (!isOpen(shown)) return null;
    // A worker may still take the row or report progress before it hears of the cancellation.
    const isPast = (row: object) => !isOpen(row) && (isOpen(stored) || runOf(row) > run);
    return { fields: { processing_status: "cancelled" }, isPast };
  }
  if (isOpen(shown)) return null;
  // The next run may be the end of an earlier action, such as a cancellation.
  return { fields: WAITS, isPast: (row) => runOf(row) > run + Number(!isOpen(row)) };
}
