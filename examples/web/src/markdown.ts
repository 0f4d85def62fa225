/** Turns Markdown that a stranger or a model wrote into HTML that can do no harm. */
import { html } from "lit-html";
import { unsafeHTML } from "lit-html/directives/unsafe-html.js";
import { micromark } from "micromark";
import type { Content } from "./dom.ts";

// micromark by itself escapes HTML in the text and drops dangerous addresses. Images are switched
// off here, because loading one would tell a stranger's server who is reading.
const withoutImages = { disable: { null: ["labelStartImage"] } };

export function markdown(text: string): Content {
  return html`
    <div class="prose">${unsafeHTML(micromark(text, { extensions: [withoutImages] }))}</div>
  `;
}
