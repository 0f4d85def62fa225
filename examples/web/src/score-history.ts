/** Which interviews may be compared, and how each dimension moved over them; nothing is drawn. */
import { isScored } from "./radar.ts";
import type { Dimension, Interview, Scores, Warning } from "./rows.ts";

/** A scored interview. `partial`: some answers have no score, so its means rest on fewer. */
export interface Scored {
  row: Interview;
  scores: Scores;
  partial: boolean;
}

/** The scored interviews of one kind, the oldest first; `others` were scored by another rubric. */
export interface History {
  type: Interview["type"];
  scored: readonly Scored[];
  others: number;
}

/** Warnings that say that scores are missing, or rest on poor ground. */
const PARTIAL = [
  "questions_unscored",
  "scores_not_proven",
  "interview_max_questions_reached",
  "row_max_model_calls_reached",
  "transcript_quality_low",
  "transcript_cut",
  "roles_uncertain",
];

/** Worked out once for each state of the rows, because the page is painted often. */
const known = new WeakMap<readonly Interview[], Map<string, History>>();

/** What can be compared: the same kind of interview, scored by the newest rubric. */
export function historyOf(rows: readonly Interview[], type: Interview["type"]): History {
  const histories = known.get(rows) ?? new Map<string, History>();
  known.set(rows, histories);
  const history = histories.get(type) ?? comparable(rows, type);
  histories.set(type, history);
  return history;
}

function comparable(rows: readonly Interview[], type: Interview["type"]): History {
  const scored = rows
    .filter((row) => row.type === type && row.processing_status === "completed")
    .flatMap((row) => {
      const scores = row.interview_summary?.dimensions;
      return isScored(scores) ? [{ row, scores, partial: isPartial(row) }] : [];
    })
    .sort((left, right) => Date.parse(left.row.created_at) - Date.parse(right.row.created_at));
  const rubric = scored.at(-1)?.row.interview_summary?.rubric_version;
  const same = scored.filter(({ row }) => row.interview_summary?.rubric_version === rubric);
  return { type, scored: same, others: scored.length - same.length };
}

/** The scored interview of the same kind before this one; undefined if it is the first. */
export function scoredBefore(rows: readonly Interview[], row: Interview): Scored | undefined {
  const { scored } = historyOf(rows, row.type);
  const at = scored.findIndex((one) => one.row.id === row.id);
  return at > 0 ? scored[at - 1] : undefined;
}

/** The scores of a dimension over the interviews; null where an interview has none. */
export function course({ scored }: History, dimension: Dimension): (number | null)[] {
  return scored.map(({ scores }) => scores[dimension] ?? null);
}

/** By how much the latest score is higher than the one before it; null without both. */
export function change(scores: readonly (number | null)[]): number | null {
  const [before, latest] = scores.slice(-2);
  if (scores.length < 2 || typeof before !== "number" || typeof latest !== "number") return null;
  return Math.round((latest - before) * 10) / 10;
}

function isPartial({ warnings }: Interview): boolean {
  return (warnings ?? []).map(codeOf).some((code) =>
    PARTIAL.includes(code) || code.includes("_degraded")
  );
}

function codeOf(warning: Warning): string {
  return typeof warning === "string" ? warning : (warning.code ?? "");
}
