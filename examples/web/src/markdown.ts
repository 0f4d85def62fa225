/** Turns Markdown that a stranger or a model wrote into HTML that can do no harm. */
import { html } from "lit-html";
import { unsafeHTML } from "lit-html/directives/unsafe-html.js";
import { micromark } from "micromark";
import type { Content } from "./dom.ts";

// micromark by itself escapes HTML in the text and drops dangerous addresses. Images are switched
// off here, because loading one would tell a stranger's server who is reading.
const withoutImages = { disable: { null: ["labelStartImage"] } };

export function markdown(text: string): Content {
  const written = micromark(text, { extensions: [withoutImages] });
  return html`
    <div class="prose">${unsafeHTML(belowHeading(written, 2))}</div>
  `;
}

/**
 * The headings, one level below each other and all below a heading of this level: whoever jumps
 * from heading to heading finds them in the outline of the page.
 */
export function belowHeading(written: string, level: number): string {
  const above: number[] = [];
  return written.replaceAll(/<(\/?)h([1-6])>/g, (_tag, slash: string, digit: string) => {
    if (!slash) {
      while (above.length && above[above.length - 1] >= Number(digit)) above.pop();
      above.push(Number(digit));
    }
    return `<${slash}h${Math.min(6, level + above.length)}>`;
  });
}
