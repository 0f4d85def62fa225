/** The cards of batches: their counters, which are always exact, and their companies. */
import { html, nothing } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { BulkBar } from "./bulk-bar.ts";
import { companyCard } from "./company-card.ts";
import { type Desk, refusedByDatabase } from "./desk.ts";
import { type Content, day, inLine, type OpenSet } from "./dom.ts";
import { many, number, t } from "./language.ts";
import { chip } from "./row-status.ts";
import type { Batch, Research } from "./rows.ts";
import type { LiveRows } from "liverows";

/** So many batches are on screen until a person asks for more. */
const SHOWN_AT_FIRST = 5;

export class Batches {
  readonly #desk: Desk;
  readonly #live: LiveRows<Research>;
  readonly #open: OpenSet;
  readonly #changed: () => void;
  readonly #bars = new Map<string, BulkBar<Research>>();
  #most = SHOWN_AT_FIRST;

  constructor(desk: Desk, live: LiveRows<Research>, open: OpenSet, changed: () => void) {
    this.#desk = desk;
    this.#live = live;
    this.#open = open;
    this.#changed = changed;
  }

  template(batches: readonly Batch[]): Content {
    const shown = batches.slice(0, this.#most);
    const rows = new Map<string | null, Research[]>(shown.map(({ id }) => [id, []]));
    for (const row of this.#live.view.rows) rows.get(row.batch_id)?.push(row);
    const left = batches.length - shown.length;
    const more = () => {
      this.#most += 20;
      this.#changed();
    };
    return html`
      <div class="cards">
        ${repeat(shown, ({ id }) => id, (batch) => this.#card(batch, rows.get(batch.id)!))}
      </div>
      ${left > 0
        ? html`
          <p class="empty">
            <button type="button" class="quiet" @click="${more}">${many(
              "batch.more",
              left,
            )}</button>
          </p>
        `
        : nothing}
    `;
  }

  #card(batch: Batch, rows: readonly Research[]): Content {
    const { id, total } = batch;
    const name = many("count.companies", total);
    const open = this.#open;
    const one = (row: Research) => companyCard(this.#desk, this.#live, row, open, this.#changed);
    return html`
      <article class="card" data-row="${id}" aria-label="${name}">
        ${head(batch, name)} ${bar(batch, name)}
        <details ?open="${open.has(id)}" @toggle="${open.follow(id, this.#changed)}">
          <summary>${t("tab.companies")}</summary>
          ${open.has(id)
            ? html`
              <div class="cards inner listed">${repeat(rows, (row) => row.id, one)}</div>
            `
            : nothing}
        </details>
        ${this.#bar(id).template(rows, () => this.#remove(id))} ${rows.length || total
          ? nothing
          : this.#removal(id)}
      </article>
    `;
  }

  #bar(id: string): BulkBar<Research> {
    let bar = this.#bars.get(id);
    if (!bar) {
      const kind = { table: "company_research", counted: "count.batch" } as const;
      bar = new BulkBar<Research>(this.#desk, kind, this.#changed);
      this.#bars.set(id, bar);
    }
    return bar;
  }

  /** A batch whose companies were deleted one by one has nothing else to press. */
  #removal(id: string): Content {
    return html`
      <div class="bulk-bar">
        <button type="button" class="quiet" @click="${() => this.#remove(id)}">
          ${t("batch.remove")}
        </button>
      </div>
    `;
  }

  async #remove(id: string): Promise<void> {
    const { error } = await this.#desk.client.from("batch_jobs").delete().eq("id", id);
    if (error) this.#desk.alert(refusedByDatabase(error).message);
  }
}

/** The companies that were asked for, by which a person knows the batch. */
function asked({ companies }: Batch): string {
  return companies.map((one) => typeof one === "string" ? one : one.companyName).join(", ");
}

function head(batch: Batch, name: string): Content {
  const { total, completed, failed, status } = batch;
  return html`
    <div class="head">
      <div class="grow">
        <h2>${name}</h2>
        <p class="facts">
          <span data-counter="completed">${number(completed)}</span> ${t("batch.done")} ·
          <span data-counter="failed">${number(failed)}</span> ${t("batch.failed")} ·
          <span data-counter="open">${number(total - completed - failed)}</span> ${t("batch.toGo")}
        </p>
        <p class="facts names">${inLine([day(batch.created_at), batch.role, asked(batch)])}</p>
      </div>
      ${chip(status)}
    </div>
  `;
}

function bar({ total, completed, failed }: Batch, name: string): Content {
  const share = (count: number) => total ? (100 * count) / total : 0;
  return html`
    <div class="progress">
      <div
        class="bar"
        role="progressbar"
        aria-label="${name}"
        aria-valuemin="0"
        aria-valuemax="${total}"
        aria-valuenow="${completed + failed}"
      >
        <div style="width: ${share(completed)}%"></div>
        <div class="bad" style="width: ${share(failed)}%"></div>
      </div>
    </div>
  `;
}
