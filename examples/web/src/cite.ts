/** A mark behind a statement that shows its source on hover, on focus and on a tap. */
import { html, nothing } from "lit-html";
import { type Content, outward, wordOf } from "./dom.ts";
import { t } from "./language.ts";
import type { FieldSource, Source } from "./rows.ts";

/** The tip is never `display: none`, so that a screen reader can read it after its button. */
function mark(label: string, name: string, body: Content): Content {
  // Needed for Safari, which does not focus a button when it is tapped.
  const focus = (event: Event) => (event.currentTarget as HTMLElement).focus();
  return html`
    <span
      class="cite"><button type="button" aria-label="${name}" @click="${focus}">${label}</button
      ><span role="note" class="tip">${body}</span></span>
  `;
}

export function fieldMark(field: string, source: FieldSource | undefined): Content {
  if (!source) return nothing;
  const { method, evidence, source_url } = source;
  return mark(
    t("cite.source"),
    t("cite.sourceOf", { field }),
    html`
      <b>${wordOf("method", method)}</b>
      ${evidence
        ? html`
          <q>${evidence}</q>
        `
        : nothing} ${outward(source_url)}
    `,
  );
}

/** One mark per source id. An id without a source is left out. */
export function sourceMarks(
  ids: readonly string[] | undefined,
  sources: readonly Source[] | undefined,
  basis?: string,
): Content {
  const known = (ids ?? []).flatMap((id) => sources?.find((source) => source.id === id) ?? []);
  if (!known.length) return nothing;
  return html`
    ${known.map((source) => {
      const number = source.id.replace(/^\D+/, "");
      return mark(
        number,
        t("cite.sourceNumber", { number, title: source.title ?? source.url }),
        html`
          <b>${source.title ?? wordOf("origin", source.kind ?? "source")}</b>
          ${outward(source.url)} ${basis === "inferred"
            ? html`
              <i>${t("cite.inferred")}</i>
            `
            : nothing}
        `,
      );
    })}
  `;
}
