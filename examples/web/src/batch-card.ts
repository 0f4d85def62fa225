/** The card of a batch: its counters, which are always exact, and its companies. */
import { html, nothing } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { companyCard } from "./company-card.ts";
import type { Desk } from "./desk.ts";
import type { Content, OpenSet } from "./dom.ts";
import { chip } from "./row-status.ts";
import type { Batch, Research } from "./rows.ts";

export function batchCard(
  desk: Desk,
  batch: Batch,
  research: readonly Research[],
  open: OpenSet,
  changed: () => void,
): Content {
  const { id, total, completed, failed } = batch;
  const rows = research.filter((row) => row.batch_id === id);
  const ended = completed + failed;
  const name = `${total} companies`;
  return html`
    <article class="card" data-row="${id}" aria-label="${name}">
      <div class="head">
        <div class="grow">
          <h2>${name}</h2>
          <p class="facts">
            <span data-counter="completed">${completed}</span> done ·
            <span data-counter="failed">${failed}</span> failed ·
            <span data-counter="open">${total - ended}</span> to go
          </p>
        </div>
        ${chip(batch.status)}
      </div>
      <div class="progress">
        <div
          class="bar"
          role="progressbar"
          aria-label="${name}"
          aria-valuemin="0"
          aria-valuemax="${total}"
          aria-valuenow="${ended}"
        >
          <div style="width: ${total ? (100 * completed) / total : 0}%"></div>
          <div class="bad" style="width: ${total ? (100 * failed) / total : 0}%"></div>
        </div>
      </div>
      <details ?open="${open.has(id)}" @toggle="${open.follow(id, changed)}">
        <summary>Companies</summary>
        ${open.has(id)
          ? html`
            <div class="cards inner">
              ${repeat(rows, (row) => row.id, (row) => companyCard(desk, row, open, changed))}
            </div>
          `
          : nothing}
      </details>
    </article>
  `;
}
