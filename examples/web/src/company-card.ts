/** The brief about one company; each claim is followed by the marks of its sources. */
import { html, nothing } from "lit-html";
import { rowAddress } from "./address.ts";
import { sourceMarks } from "./cite.ts";
import { type Desk, Refusal } from "./desk.ts";
import { type Content, day, hostOf, OpenSet, outward, words } from "./dom.ts";
import { actions, chip, failure, outdated, progress, removal, whileBusy } from "./row-status.ts";
import type { Brief, Claim, Research } from "./rows.ts";
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
  const researched = row.result?.metadata?.researchedAt;
  const facts = [
    row.role,
    hostOf(row.company_url),
    researched ? `as of ${day(researched)}` : null,
    row.deep_mode ? "deeper look" : null,
  ].filter(Boolean);
  return html`
    <article class="card" data-row="${row.id}" aria-label="${row.company_name}">
      <div class="head">
        <div class="grow">
          <h2><a href="${rowAddress("companies", row.id)}">${row.company_name}</a></h2>
          <p class="facts">${facts.join(" · ")}</p>
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
          <details ?open="${open.has(row.id)}" @toggle="${open.follow(row.id, changed)}">
            <summary>Brief</summary>
            ${open.has(row.id) ? brief(desk, row, row.result) : nothing}
          </details>
        `
        : nothing}
      <div class="actions">
        ${actions(desk, "company_research", row, "Refresh")}
        ${removal(desk, "company_research", row, row.company_name)}
      </div>
    </article>
  `;
}

const SOURCES: Record<string, string> = { github: "GitHub", website: "Website" };

function coverage({ coverage: found }: Research): Content {
  if (!found) return nothing;
  return html`
    <ul class="coverage" aria-label="What was found where">
      ${Object.entries(found).map(([source, state]) =>
        html`
          <li class="${state}">${SOURCES[source] ?? words(source)}: ${words(state)
            .toLowerCase()}</li>
        `
      )}
    </ul>
  `;
}

function brief(desk: Desk, row: Research, result: Brief): Content {
  const { sources } = result;
  const claims = (title: string, list: Claim[] | undefined) =>
    section(title, list, (claim) => cited(claim, result));
  const advice = (title: string, list: (string | Claim)[] | undefined) =>
    section(title, list, (one) => typeof one === "string" ? one : cited(one, result));
  return html`
    ${result.executiveSummary
      ? html`
        <p class="lead">${cited(result.executiveSummary, result)}</p>
      `
      : nothing} ${result.overview
      ? html`
        <p>${cited(result.overview, result)}</p>
      `
      : nothing} ${claims("Products", result.products)} ${tech(result)} ${pay(result)}
    ${result.cultureInsights ? claims("Culture", [result.cultureInsights]) : nothing}
    ${claims("Values", result.companyValues)} ${claims("Challenges", result.topChallenges)}
    ${claims("Watch out for", result.redFlags)} ${claims("Talk about", result.keyTalkingPoints)}
    ${section(
      "Questions to expect",
      result.interviewQuestions,
      ({ text, why, sources: ids }) =>
        html`
          ${text} ${why
            ? html`
              <small>${why}</small>
            `
            : nothing} ${sourceMarks(ids, sources)}
        `,
    )} ${advice("Prepare", result.preparationTips)}
    ${advice("Questions to ask", result.smartQuestions)} ${checklist(desk, row)}
    ${section("Sources", sources, ({ id, url, title }) =>
      html`
        <small>${id.replace(/^\D+/, "")}</small> ${outward(url, title ?? undefined)}
      `)}
  `;
}

function cited({ text, sources, basis }: Claim, result: Brief): Content {
  return html`
    ${text} ${sourceMarks(sources, result.sources, basis)}
  `;
}

function section<Item>(
  title: string,
  list: readonly Item[] | null | undefined,
  item: (one: Item) => Content,
): Content {
  if (!list?.length) return nothing;
  return html`
    <h3>${title}</h3>
    <ul>
      ${list.map((one) =>
        html`
          <li>${item(one)}</li>
        `
      )}
    </ul>
  `;
}

function tech({ techStack, sources }: Brief): Content {
  if (!techStack?.length) return nothing;
  return html`
    <h3>Technology</h3>
    <ul class="tags">
      ${techStack.map(({ name, evidence }) =>
        html`
          <li>${name} ${sourceMarks(evidence, sources)}</li>
        `
      )}
    </ul>
  `;
}

function pay({ salaryRange, sources }: Brief): Content {
  if (!salaryRange) return nothing;
  const { min, max, currency, interval } = salaryRange;
  const ends = [min, max].filter((end) => typeof end === "number");
  const range = ends.map((end) => end.toLocaleString()).join(" to ");
  return html`
    <h3>Pay</h3>
    <p>${currency} ${range} ${interval ? `a ${interval}` : ""}
      ${sourceMarks(salaryRange.sources, sources)}</p>
  `;
}

/** The ticks of the user are stored in a separate column, which no worker overwrites. */
function checklist(desk: Desk, row: Research): Content {
  const list = row.prep_checklist;
  if (!list?.length) return nothing;
  const tick = (at: number) => (event: Event) => {
    const done = (event.currentTarget as HTMLInputElement).checked;
    const prep_checklist = list.map((one, index) => (index === at ? { ...one, done } : one));
    return whileBusy(event, desk, () => saveChecklist(desk, row.id, prep_checklist));
  };
  return html`
    <h3>Checklist</h3>
    <ul class="checklist">
      ${list.map(({ item, done }, index) =>
        html`
          <li>
            <label class="choice"><input
                type="checkbox"
                .checked="${done ?? false}"
                @change="${tick(index)}"
              /> ${item}</label>
          </li>
        `
      )}
    </ul>
  `;
}

async function saveChecklist({ client }: Desk, id: string, prep_checklist: object[]) {
  const { error } = await client.from("company_research").update({ prep_checklist }).eq("id", id);
  if (error) throw new Refusal(error.message);
}
