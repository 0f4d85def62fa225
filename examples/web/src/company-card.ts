/** One company: its state, what was found where, and, if it is open, the brief. */
import { html, nothing } from "lit-html";
import { rowAddress } from "./address.ts";
import { brief } from "./brief.ts";
import type { Desk } from "./desk.ts";
import { type Content, day, hostOf, OpenSet, outward, webAddress, wordOf } from "./dom.ts";
import { known, t } from "./language.ts";
import { printOnly } from "./print-one.ts";
import { actions, chip, failure, outdated, progress, removal } from "./row-status.ts";
import type { Research } from "./rows.ts";
import { warnings } from "./warnings.ts";

export function nameOf(row: Research): string {
  return row.company_name;
}

export function companyCard(
  desk: Desk,
  row: Research,
  open: OpenSet,
  changed: () => void,
): Content {
  const isOpen = open.has(row.id);
  const print = (event: Event) => {
    const card = (event.currentTarget as HTMLElement).closest<HTMLElement>("article");
    if (card) printOnly(card, t("company.printTitle", { name: row.company_name }));
  };
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
        "company_research",
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
            <button type="button" class="quiet" @click="${print}">${t("company.print")}</button>
          `
          : nothing} ${actions(desk, "company_research", row, t("company.refresh"))}
        ${removal(desk, "company_research", row, row.company_name)}
      </div>
    </article>
  `;
}

function facts(row: Research): Content {
  const researched = row.result?.metadata?.researchedAt;
  const website = row.company_url ??
    row.result?.sources?.find(({ kind }) => kind === "website")?.url;
  const others = [
    row.role,
    researched ? t("company.asOf", { date: day(researched) }) : null,
    row.deep_mode ? t("company.deep") : null,
  ].filter(Boolean).join(" · ");
  if (!webAddress(website)) return others;
  return html`
    ${outward(website, hostOf(website))}${others ? ` · ${others}` : ""}
  `;
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
