/** One job position: its heading and, if it is open, its fields with their sources. */
import { html, nothing } from "lit-html";
import { rowAddress } from "./address.ts";
import { fieldMark } from "./cite.ts";
import { call, type Desk } from "./desk.ts";
import { type Content, day, initial, inLine, OpenSet, outward, webAddress, wordOf } from "./dom.ts";
import { editable, isEdited } from "./editing.ts";
import { t } from "./language.ts";
import { markdown } from "./markdown.ts";
import { archiveButton, ownFields } from "./position-own.ts";
import { firstWords } from "./postings.ts";
import { actions, chip, failure, isOpen, outdated, progress, removal } from "./row-status.ts";
import type { JobPosition } from "./rows.ts";
import { warnings } from "./warnings.ts";

/** The title; until it is known the address, or the first words of what was pasted. */
export function nameOf(row: JobPosition): string {
  const title = row.job_title ?? row.quick_look?.job_title;
  if (title) return title;
  if (row.job_url) return row.job_url.replace(/^https?:\/\/(www\.)?/, "");
  return firstWords(row.raw_job_description ?? "") || t("position.unnamed");
}

export function companyOf(row: JobPosition): string | null {
  return row.company_name ?? row.quick_look?.company_name ?? null;
}

export function positionCard(
  desk: Desk,
  row: JobPosition,
  open: OpenSet,
  changed: () => void,
): Content {
  const name = nameOf(row);
  const company = companyOf(row);
  const facts = [
    company,
    row.location,
    row.salary_range,
    row.offer_received && t("position.offer"),
    row.archived && t("position.archived"),
  ];
  return html`
    <article class="card" data-row="${row.id}" aria-label="${name}">
      <div class="head">
        ${logo(row.company_logo, company ?? name)}
        <div class="grow">
          <h2><a href="${rowAddress("positions", row.id)}">${name}</a></h2>
          <p class="facts">${inLine(facts)}</p>
        </div>
        ${chip(row.processing_status)}
      </div>
      ${progress(row, name)} ${failure(row)} ${outdated(desk, desk.positions, row)} ${warnings(
        row.extraction?.warnings,
      )}
      <details ?open="${open.has(row.id)}" @toggle="${open.follow(row.id, changed)}">
        <summary>${t("position.details")}</summary>
        ${open.has(row.id) ? details(desk, row, changed) : nothing}
      </details>
      <div class="actions">
        ${actions(desk, desk.positions, row, t("position.readAgain"))} ${archiveButton(
          desk,
          row,
        )} ${removal(
          desk,
          "job_positions",
          row,
          name,
        )}
      </div>
    </article>
  `;
}

function logo(address: string | null, name: string): Content {
  const href = webAddress(address);
  const letter = html`
    <span class="logo" aria-hidden="true">${initial(name)}</span>
  `;
  if (!href) return letter;
  const drop = (event: Event) => (event.currentTarget as HTMLElement).remove();
  return html`
    <span class="logo" aria-hidden="true">${initial(name)}<img
        src="${href}"
        alt=""
        loading="lazy"
        referrerpolicy="no-referrer"
        @error="${drop}"
      /></span>
  `;
}

/** The columns that a user may overwrite: those that `processing.attach` got as `editable`. */
const EDITABLE = [
  "job_title",
  "company_name",
  "location",
  "salary_range",
  "employment_type",
  "company_website",
] as const;

/** How to show the value of a column, for columns whose value is not shown unchanged. */
const SHOWN: Record<string, (value: string | null) => Content | null> = {
  company_website: outward,
  employment_type: (value) => value && wordOf("employment", value),
};

function details(desk: Desk, row: JobPosition, changed: () => void): Content {
  const sources = row.extraction?.fields ?? {};
  const save = (body: object) => call(desk, "PATCH", `job-positions/${row.id}`, body);
  const reset = async (column: string) => {
    await desk.positions.resetToAutomatic(row.id, [column]);
    if (!isOpen(row)) await desk.positions.retry(row.id);
  };
  return html`
    <dl class="fields">
      ${EDITABLE.map((column) => {
        const label = t(`field.${column}`);
        const value = row[column];
        const mine = row.processing_edited?.includes(column) ?? false;
        const key = `${row.id}.${column}`;
        const shown = SHOWN[column]?.(value) ?? value;
        const source = mine ? { method: "user" } : sources[column];
        return html`
          <dt>${label}</dt>
          <dd>${editable(desk, { key, column, label, value, shown, mine, save, reset }, changed)}
            ${value && !isEdited(key) ? fieldMark(label, source) : nothing}</dd>
        `;
      })} ${readOnly(
        t("position.workplace"),
        row.workplace_type && wordOf("workplace", row.workplace_type),
      )}
      ${readOnly(t("position.posted"), day(row.posted_at))} ${readOnly(
        t("position.openUntil"),
        day(row.valid_through),
      )}
      ${readOnly(t("position.posting"), row.job_url && outward(row.job_url))}
      ${readOnly(t("position.apply"), row.apply_url && outward(row.apply_url))}
    </dl>
    ${ownFields(desk, row)} ${posting(row)}
  `;
}

/** The posting; what was pasted keeps its line breaks. */
function posting({ job_description, raw_job_description: pasted }: JobPosition): Content {
  if (job_description) {
    return html`
      <div class="${pasted ? "pasted" : ""}">${markdown(job_description)}</div>
    `;
  }
  if (!pasted) return nothing;
  return html`
    <h3>${t("position.pasted")}</h3>
    <div class="prose lines">${pasted}</div>
  `;
}

function readOnly(label: string, value: Content | null): Content {
  if (!value) return nothing;
  return html`
    <dt>${label}</dt>
    <dd>${value}</dd>
  `;
}
