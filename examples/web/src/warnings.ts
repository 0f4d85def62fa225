/** The warnings of a result, in words for the user. */
import { html, nothing } from "lit-html";
import { type Content, words } from "./dom.ts";
import { known, sentenceFor, t } from "./language.ts";
import type { Warning } from "./rows.ts";

export function warnings(list: readonly Warning[] | null | undefined): Content {
  if (!list?.length) return nothing;
  return html`
    <ul class="note warn" aria-label="${t("warnings.label")}">
      ${list.map((warning) =>
        html`
          <li>${sentence(warning)}</li>
        `
      )}
    </ul>
  `;
}

function sentence(warning: Warning): string {
  const { code = "", message, params } = typeof warning === "string" ? { code: warning } : warning;
  const said = sentenceFor("warnings", code, params)?.message ?? refused(code) ?? degraded(code);
  return said ?? message ?? words(code);
}

/** `ask_model_degraded: timeout`: a simpler step was used instead of this one, and why. */
function degraded(code: string): string | undefined {
  const [, step, reason] = /^(.+_degraded): (.+)$/.exec(code) ?? [];
  if (!step || !reason) return undefined;
  const what = sentenceFor("warnings", step)?.message ?? words(step);
  // A reason that has no sentence is a code, for operators.
  const why = sentenceFor("errors", reason)?.message;
  return why ? t("warnings.because", { what, why }) : what;
}

/** `job_title_refused`: a value was not stored, because its column cannot hold it. */
function refused(code: string): string | undefined {
  const field = /^(.+)_refused$/.exec(code)?.[1];
  return field && t("warnings.refused", { field: known(`field.${field}`) ?? words(field) });
}
