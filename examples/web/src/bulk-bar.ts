/** The buttons that do one thing to many rows: they count, ask once, show progress and the result. */
import { html, nothing } from "lit-html";
import { carryOut, sentenceOf, type Verb } from "./bulk.ts";
import type { Desk } from "./desk.ts";
import { confirmed } from "./dialog.ts";
import type { Content } from "./dom.ts";
import { many, type PluralKey, t } from "./language.ts";
import { isOpen, mayTryAgain } from "./row-status.ts";
import type { ProcessingRow } from "./rows.ts";

export interface BulkKind<Row> {
  table: string;
  /** The text for so many rows. */
  counted: PluralKey;
  archived?(row: Row): boolean;
}

const VERBS: readonly Verb[] = ["retry", "cancel", "archive", "restore", "delete"];

/** Counts the bars, for an id of each on the page. */
let bars = 0;

export class BulkBar<Row extends ProcessingRow> {
  readonly #desk: Desk;
  readonly #kind: BulkKind<Row>;
  readonly #changed: () => void;
  readonly #id = `bulk-${++bars}`;
  #running: { done: number; total: number } | null = null;
  #result = "";

  constructor(desk: Desk, kind: BulkKind<Row>, changed: () => void) {
    this.#desk = desk;
    this.#kind = kind;
    this.#changed = changed;
  }

  /** Forgets the sentence about the last action. */
  forget(): void {
    this.#result = "";
  }

  /**
   * The buttons for these rows; each is there only if it has something to do. `deleted` is called
   * after a deletion that was not refused.
   */
  template(rows: readonly Row[], deleted: () => Promise<void> = () => Promise.resolve()): Content {
    return html`
      <div class="bulk-bar">
        ${this.#running
          ? progressBar(this.#running)
          : VERBS.map((verb) => this.#button(verb, this.#idsFor(verb, rows), deleted))}
      </div>
      <p class="note result" id="${this.#id}" tabindex="-1" ?hidden="${!this.#result}">${this
        .#result}</p>
    `;
  }

  #button(verb: Verb, ids: string[], deleted: () => Promise<void>): Content {
    if (!ids.length) return nothing;
    return html`
      <button
        type="button"
        class="quiet"
        data-verb="${verb}"
        @click="${() => this.#act(verb, ids, deleted)}"
      >${t(`bulk.button.${verb}`, { count: ids.length })}</button>
    `;
  }

  async #act(verb: Verb, ids: string[], deleted: () => Promise<void>): Promise<void> {
    const { counted, table } = this.#kind;
    const rows = many(counted, ids.length);
    const question = t(`bulk.question.${verb}`, { rows });
    if (!(await confirmed(question, t(`bulk.yes.${verb}`), verb === "delete"))) return;
    this.#running = { done: 0, total: ids.length };
    this.#result = "";
    this.#changed();
    try {
      const outcome = await carryOut(this.#desk, table, verb, ids, (done) => {
        this.#running = { done, total: ids.length };
        this.#changed();
      });
      if (verb === "delete" && !Object.keys(outcome.refused).length) await deleted();
      this.#result = sentenceOf(verb, outcome);
    } finally {
      this.#running = null;
      this.#changed();
      // The button that was pressed may be gone; a screen reader goes on with the result.
      requestAnimationFrame(() => document.getElementById(this.#id)?.focus());
    }
  }

  #idsFor(verb: Verb, rows: readonly Row[]): string[] {
    const { archived } = this.#kind;
    const fits: Record<Verb, (row: Row) => boolean> = {
      retry: (row) => row.processing_status === "failed" && mayTryAgain(row),
      cancel: isOpen,
      archive: (row) => archived?.(row) === false,
      restore: (row) => archived?.(row) === true,
      delete: () => true,
    };
    return rows.filter(fits[verb]).map(({ id }) => id);
  }
}

function progressBar({ done, total }: { done: number; total: number }): Content {
  const words = t("bulk.progress", { done, total });
  return html`
    <label
      class="choice"><progress max="${total}" .value="${done}"></progress> ${words}</label>
  `;
}
