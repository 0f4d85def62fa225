/** The form for new positions: one link, several links, or the text of one posting. */
import { html, nothing } from "lit-html";
import { call, type Desk, Refusal } from "./desk.ts";
import type { Content } from "./dom.ts";
import { many, t } from "./language.ts";
import { linksIn, MOST_LINKS } from "./postings.ts";

/** So many requests are under way at a time. */
const AT_ONCE = 3;

export class PostingForm {
  readonly #desk: Desk;
  readonly #changed: () => void;
  #progress: { done: number; total: number } | null = null;
  #problem = "";

  constructor(desk: Desk, changed: () => void) {
    this.#desk = desk;
    this.#changed = changed;
  }

  /** `note` stands above the field. */
  template(isHidden: boolean, note: Content): Content {
    const busy = this.#progress;
    return html`
      <form class="card ask" @submit="${this.#submit}" ?hidden="${isHidden}">
        ${note}
        <label>${t("position.label")}
          <textarea
            name="posting"
            rows="2"
            required
            placeholder="https://…"
            @keydown="${onEnter}"
          ></textarea>
        </label>
        ${this.#problem
          ? html`
            <p class="note bad" role="alert">${this.#problem}</p>
          `
          : nothing}
        <button type="submit" aria-disabled="${busy !== null}">${busy && busy.total > 1
          ? t("position.adding", { ...busy })
          : t("position.add")}</button>
      </form>
    `;
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).querySelector("textarea")!;
    const text = field.value.trim();
    if (!text || this.#progress) return;
    const links = linksIn(text);
    this.#problem = links.length > MOST_LINKS ? t("position.tooMany", { most: MOST_LINKS }) : "";
    if (this.#problem) return this.#changed();
    this.#progress = { done: 0, total: Math.max(1, links.length) };
    field.value = "";
    this.#changed();
    let left = text;
    try {
      left = links.length ? await this.#addLinks(links) : await this.#addText(text);
    } finally {
      // The person may have typed something new meanwhile.
      field.value = [left, field.value].filter(Boolean).join("\n");
      this.#progress = null;
      this.#changed();
    }
  };

  /** Returns what stays in the field. */
  async #addText(text: string): Promise<string> {
    const body = { jobDescription: text };
    const reason = await this.#refusalOf(() =>
      call(this.#desk, "POST", "job-positions/by-description", body)
    );
    this.#problem = reason ?? "";
    return reason ? text : "";
  }

  /** Returns the links that could not be added. */
  async #addLinks(links: readonly string[]): Promise<string> {
    const waiting = [...links];
    const refused = new Map<string, string>();
    const work = async () => {
      for (let jobUrl = waiting.shift(); jobUrl; jobUrl = waiting.shift()) {
        const body = { jobUrl };
        const reason = await this.#refusalOf(() =>
          call(this.#desk, "POST", "job-positions/by-url", body)
        );
        if (reason) refused.set(body.jobUrl, reason);
        this.#progress!.done += 1;
        this.#changed();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const reasons = [...new Set(refused.values())];
    const added = links.length - refused.size;
    if (added && refused.size) reasons.unshift(many("position.partly", refused.size, { added }));
    this.#problem = reasons.join(" ");
    return links.filter((link) => refused.has(link)).join("\n");
  }

  async #refusalOf(ask: () => Promise<unknown>): Promise<string | null> {
    try {
      await ask();
      return null;
    } catch (error) {
      if (error instanceof Refusal) return error.message;
      throw error;
    }
  }
}

/** Enter adds one link. In any other text it makes a line, as Shift and Enter always do. */
function onEnter(event: KeyboardEvent): void {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  const field = event.currentTarget as HTMLTextAreaElement;
  if (linksIn(field.value).length !== 1) return;
  event.preventDefault();
  field.form!.requestSubmit();
}
