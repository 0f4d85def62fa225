/** Does one thing to many rows, in portions, and says in a sentence what came of it. */
import { call, type Desk, Refusal, refusedByDatabase } from "./desk.ts";
import { inOne, many, sentenceFor, t } from "./language.ts";

export type Verb = "retry" | "cancel" | "archive" | "restore" | "delete";

/** What came of the rows. */
export interface Outcome {
  changed: number;
  /** Nothing was left to do: the row had ended, or was gone. */
  unchanged: number;
  /** How many rows were refused, by the reason. */
  refused: Record<string, number>;
}

/** The function takes no more rows in one request, and ids are part of the address of others. */
export const ROWS_PER_REQUEST = 100;

/** Tells after each portion how many rows are dealt with. */
export async function carryOut(
  desk: Desk,
  table: string,
  verb: Verb,
  ids: readonly string[],
  told: (done: number) => void,
): Promise<Outcome> {
  const whole: Outcome = { changed: 0, unchanged: 0, refused: {} };
  for (let start = 0; start < ids.length; start += ROWS_PER_REQUEST) {
    const some = ids.slice(start, start + ROWS_PER_REQUEST);
    try {
      add(whole, await portion(desk, table, verb, some));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // The next portion would meet the same. What was done stays done.
      add(whole, {
        changed: 0,
        unchanged: 0,
        refused: { [error.message]: ids.length - start },
      });
      break;
    }
    told(start + some.length);
  }
  return whole;
}

function add(whole: Outcome, { changed, unchanged, refused }: Outcome): void {
  whole.changed += changed;
  whole.unchanged += unchanged;
  for (const [reason, count] of Object.entries(refused)) {
    whole.refused[reason] = (whole.refused[reason] ?? 0) + count;
  }
}

async function portion(
  desk: Desk,
  table: string,
  verb: Verb,
  ids: readonly string[],
): Promise<Outcome> {
  if (verb === "retry" || verb === "cancel") return await run(desk, table, verb, ids);
  // Row level security decides which of the rows may be changed; the others are not answered.
  const rows = desk.client.from(table);
  const change = verb === "delete" ? rows.delete() : rows.update({ archived: verb === "archive" });
  const { data, error } = await change.in("id", ids).select("id");
  if (error) throw error.code ? refusedByDatabase(error) : new Refusal(t("bulk.notSaved"));
  return { changed: data.length, unchanged: ids.length - data.length, refused: {} };
}

interface RowsAnswer {
  changed: number;
  unchanged: number;
  missing: number;
  refused: { code: string; message: string }[];
}

async function run(
  desk: Desk,
  table: string,
  verb: "retry" | "cancel",
  ids: readonly string[],
): Promise<Outcome> {
  const answer = await call(desk, "POST", `processing/${table}/${verb}`, { ids }) as RowsAnswer;
  const refused: Outcome["refused"] = {};
  for (const { code, message } of answer.refused) {
    const said = sentenceFor("refusals", code);
    const reason = said ? inOne(said) : message;
    refused[reason] = (refused[reason] ?? 0) + 1;
  }
  return { changed: answer.changed, unchanged: answer.unchanged + answer.missing, refused };
}

/** "12 cancelled, 1 was already done." */
export function sentenceOf(verb: Verb, { changed, unchanged, refused }: Outcome): string {
  const parts = [t(`bulk.changed.${verb}`, { count: changed })];
  if (unchanged) parts.push(many(`bulk.unchanged.${verb}`, unchanged));
  const reasons = Object.entries(refused).map(([reason, count]) =>
    t("bulk.refused", { count, reason })
  );
  return [`${parts.join(", ")}.`, ...reasons].join(" ");
}
