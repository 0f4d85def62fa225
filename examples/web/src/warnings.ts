/** The warnings of a result, in words for the user. */
import { html, nothing } from "lit-html";
import { type Content, words } from "./dom.ts";
import type { Warning } from "./rows.ts";

const SENTENCES: Record<string, string> = {
  ats_api_failed: "The job board's own data could not be read; the page was read instead.",
  candidate_speaker_not_found: "The speaker you chose is not in the recording.",
  employer_site_unreadable: "The employer's own site could not be read.",
  generic_preparation: "The preparation is general: it does not draw on this company.",
  github_rate_limited: "GitHub could not be asked any more today.",
  github_refused: "GitHub would not answer us.",
  instructions_in_page_ignored: "The page contains instructions to a machine; they were ignored.",
  interview_max_questions_reached:
    "There are more questions than are scored in one interview: the last ones have no score.",
  language_model_not_configured:
    "No language model is configured: what needs judgement is left out.",
  language_not_supported_by_rules:
    "The rules for roles and questions know English only; check who is who.",
  no_questions_found: "No question of an interviewer was found.",
  no_website_found: "No website of the company was found.",
  one_speaker_only: "Only one speaker can be heard, so nothing is said about answers.",
  pages_cut: "Some pages are very long: only their beginning was read.",
  posting_cut: "The posting is very long: only its beginning was read.",
  posting_expired: "The posting says that it is closed.",
  roles_uncertain: "Who is the candidate is a guess. You can correct it below.",
  row_max_model_calls_reached:
    "This took as many calls of the model as one run may make: the rest is left out.",
  salary_differs:
    "The posting's own words on pay differ from the page's data: its words are shown.",
  scores_not_proven:
    "Some judgements had no literal quote, so they have no score: they are shown as not proven.",
  search_github_degraded: "GitHub could not be searched.",
  search_not_configured: "No web search is configured.",
  speakers_not_told_apart: "The speakers could not be told apart.",
  structured_data_unreadable: "The page's structured data is broken.",
  transcript_cut: "The transcript is very long: only its beginning was read.",
  unproven_claims_dropped: "Statements that no source bears out were left out.",
  website_bot_check: "The company's website asks its visitors to prove that they are people.",
  website_coming_soon: "The company's website only announces itself; there is nothing to read yet.",
  website_for_sale: "The address is for sale: the company has no website there.",
  website_is_not_the_companys: "The address given is not the company's own website.",
  website_needs_a_browser: "The company's website shows nothing without a browser.",
};

export function warnings(list: readonly Warning[] | null | undefined): Content {
  if (!list?.length) return nothing;
  return html`
    <ul class="note warn" aria-label="What to know">
      ${list.map((warning) =>
        html`
          <li>${sentence(warning)}</li>
        `
      )}
    </ul>
  `;
}

function sentence(warning: Warning): string {
  const { code = "", message } = typeof warning === "string" ? { code: warning } : warning;
  return message ?? SENTENCES[code] ?? refused(code) ?? degraded(code) ?? words(code);
}

/** `ask_model_degraded: timeout`: a simpler step was used instead of this one, and why. */
function degraded(code: string): string | undefined {
  const [, step, reason] = /^(.+_degraded): (.+)$/.exec(code) ?? [];
  return step && reason && `${SENTENCES[step] ?? words(step)} (${words(reason).toLowerCase()})`;
}

/** `job_title_refused`: a value was not stored, because its column cannot hold it. */
function refused(code: string): string | undefined {
  const field = /^(.+)_refused$/.exec(code)?.[1];
  return field && `What was found as ${words(field).toLowerCase()} is too long or malformed.`;
}
