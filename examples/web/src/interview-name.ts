/** The name of an interview: the user's own, or else what is known of it. */
import { moment, t } from "./language.ts";
import type { Interview } from "./rows.ts";

export function nameOf(row: Interview): string {
  if (row.title) return row.title;
  const kind = t(row.type === "MOCK_ANALYSE" ? "interview.mock" : "interview.recorded");
  const { job_title: title, company_name: company } = row.interview_position ?? {};
  const position = [title, company].filter(Boolean).join(", ");
  const begun = moment(new Date(row.created_at), { dateStyle: "medium", timeStyle: "short" });
  return position
    ? t("interview.namedFor", { kind, position, begun })
    : t("interview.named", { kind, begun });
}
