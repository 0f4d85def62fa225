/** One company: its state, what was found where, and, if it is open, the brief. */
import { html, nothing } from "lit-html";
import { rowAddress } from "./address.ts";
import { brief } from "./brief.ts";
import type { Desk } from "./desk.ts";
import { type Content, day, hostOf, inLine, OpenSet, outward, webAddress, wordOf } from "./dom.ts";
import { known, t } from "./language.ts";
import { printCardOf } from "./print-one.ts";
import {
  actions,
  chip,
  failure,
  outdated,
  progress,
  removal,
  type RowActions,
} from "./row-status.ts";
import type { Research } from "./rows.ts";
import { warnings } from "./warnings.ts";

export function nameOf(row: Research): string {
  return row.company_name;
}

export function companyCard(
  desk: Desk,
  live: RowActions,
  row: Research,
  open: OpenSet,
  changed: () => void,
): Content {
  const isOpen = open.has(row.id);
  const print = (event: Event) =>
    printCardOf(event, t("company.printTitle", { name: row.company_name }));
  return html`
    <article class="card" data-row="${row.id}" aria-label="${row.company_name}">
      <div class="head">
        <div class="grow">
          <h2><a href="${rowAddress("companies", row.id)}">${row.company_name}</a></h2>
          <p class="facts">${facts(row)}</p>
        </div>
        ${chip(row.processing_status)}
      </div>
      ${progress(row, row.company_name)} ${failure(row)} ${outdated(
        desk,
        live,
        row,
      )} ${coverage(row)} ${warnings(row.warnings)}
      ${row.result
        ? html`
          <details ?open="${isOpen}" @toggle="${open.follow(row.id, changed)}">
            <summary>${t("company.brief")}</summary>
            ${isOpen ? brief(desk, row, row.result) : nothing}
          </details>
        `
        : nothing}
      <div class="actions">
        ${row.result && isOpen
          ? html`
            <button type="button" class="quiet" @click="${print}">${t("row.print")}</button>
          `
          : nothing} ${actions(desk, live, row, t("company.refresh"))}
        ${removal(desk, "company_research", row, row.company_name)}
      </div>
    </article>
  `;
}

function facts(row: Research): Content {
  const researched = row.result?.metadata?.researchedAt;
  const website = row.company_url ??
    row.result?.sources?.find(({ kind }) => kind === "website")?.url;
  return inLine([
    webAddress(website) && outward(website, hostOf(website)),
    row.role,
    researched && t("company.asOf", { date: day(researched) }),
    row.deep_mode && t("company.deep"),
  ]);
}

function coverage({ coverage: found }: Research): Content {
  if (!found) return nothing;
  return html`
    <ul class="coverage" aria-label="${t("company.found")}">
      ${Object.entries(found).map(([source, state]) =>
        html`
          <li class="${state}">${wordOf("origin", source)}: ${stateOf(state)}</li>
        `
      )}
    </ul>
  `;
}

/** "rate_limited" → "rate limited", in the language of the page. */
function stateOf(state: string): string {
  return known(`coverage.${state}`) ?? state.replaceAll("_", " ");
}
