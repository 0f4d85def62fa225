/** What a user may ask for a row, and how the row is shown until the database has answered. */
import type { KeyValue } from "./live-key.ts";
import { type Change, type LiveRow, type Patch, type RowSet, runOf } from "./live-row-set.ts";
import type { Client } from "./live-types.ts";
import type { LiveActions, LiveOptions } from "./live-view.ts";

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
  declare readonly code: string | undefined;

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
    if (!edited) return null;
    const left = edited.filter((name) => columns && !columns.includes(name));
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

interface Acting<Row extends object> {
  set: RowSet<Row>;
  /** Has the row with this key read. */
  want(key: string): void;
  publish(): void;
  /** How long an action may take. */
  ms: number;
}

/** Carries actions out, and shows their rows as they will be until that is done. */
export function actionsOf<Row extends object>(
  client: Client,
  { schema = "public", table, columns, call }: LiveOptions<Row>,
  { set, want, publish, ms }: Acting<Row>,
): LiveActions {
  const carryOut = call ?? edgeFunction(client);
  const late = new ActionRefused("No answer in time.");
  /** The end of the last action of each row. */
  const turns = new Map<string, Promise<unknown>>();

  async function act(what: Pick<Action, "verb" | "fresh" | "columns">, value: KeyValue) {
    const key = String(value);
    const action: Action = { ...what, schema, table, key };
    const stored = set.stored(key);
    const patch = stored && patchOf(action, set.get(key)!, stored);
    if (patch) set.patch(key, patch);
    publish();
    const answered = inTime(action, turns.get(key));
    turns.set(key, answered.catch(() => {}));
    /** Shows the row as the database has it, at once or as soon as that is read. */
    const end = (isKnown: boolean) => {
      if (isKnown) return set.unpatch(key, patch);
      want(key);
      if (patch) patch.done = true;
    };
    try {
      const answer = await answered;
      // The answer has all columns; where the caller chose some, the row is read as they chose.
      end(!columns && merge(key, answer));
    } catch (error) {
      end(error !== late); // which may have been carried out
      throw error;
    } finally {
      publish();
    }
  }

  /**
   * Carries an action out after the one before it of the same row: that is shown before it is
   * answered, and the next one must not overtake it.
   */
  async function inTime(action: Action, before?: Promise<unknown>): Promise<unknown> {
    if (before) await before;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const deadline = new Promise((_resolve, reject) => {
      timer = setTimeout(() => reject(late), ms);
    });
    try {
      return await Promise.race([carryOut(action), deadline]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether the answer was the row, which is then merged. */
  function merge(key: string, answer: unknown): boolean {
    return set.keyOf(answer ?? {}) === key &&
      !set.apply({ eventType: "UPDATE", new: answer, old: {} } as Change);
  }

  return {
    retry: (key, { fresh } = {}) => act({ verb: "retry", fresh }, key),
    cancel: (key) => act({ verb: "cancel" }, key),
    resetToAutomatic: (key, columns) => act({ verb: "reset", columns }, key),
  };
}
