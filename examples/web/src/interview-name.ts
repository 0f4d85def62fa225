/** The name of an interview: the user's own, or else what is known of it. */
import type { Interview } from "./rows.ts";

export function nameOf(row: Interview): string {
  if (row.title) return row.title;
  const kind = row.type === "MOCK_ANALYSE" ? "Mock interview" : "Interview";
  const { job_title: title, company_name: company } = row.interview_position ?? {};
  const position = [title, company].filter(Boolean).join(", ");
  const begun = new Date(row.created_at)
    .toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  return position ? `${kind} for ${position} (${begun})` : `${kind}, ${begun}`;
}
