/** The brief about a company: what was found, each claim with its sources, and how to prepare. */
import { html, nothing } from "lit-html";
import { sourceMarks } from "./cite.ts";
import { type Desk, refusedByDatabase } from "./desk.ts";
import { type Content, outward, wordOf } from "./dom.ts";
import { number, t } from "./language.ts";
import type { Brief, Claim, Research } from "./rows.ts";

/** Facts that the worker takes from structured data begin with what they are. */
const ROLE = "Open role: ";
const PLACE = /^(?:Based in|Address|Offices?|Locations?)(?::| ) ?/;

export function brief(desk: Desk, row: Research, result: Brief): Content {
  const { sources } = result;
  const points = result.keyTalkingPoints ?? [];
  const roles = points.filter(({ text }) => text.startsWith(ROLE));
  const places = points.filter(({ text }) => PLACE.test(text));
  const facts = points.filter((point) => !roles.includes(point) && !places.includes(point));
  const claims = (title: string, list: readonly Claim[] | undefined) =>
    section(title, list, (claim) => cited(claim, result));
  const without = (list: readonly Claim[], beginning: string | RegExp) =>
    list.map((claim) => ({ ...claim, text: claim.text.replace(beginning, "") }));
  return html`
    <div class="brief">
      ${lead(result)} ${facts.length && !hasModel(result)
        ? claims(t("brief.glance"), facts)
        : nothing}
      ${claims(t("brief.products"), result.products)} ${claims(
        t("brief.roles"),
        without(roles, ROLE),
      )}
      ${claims(t("brief.places"), without(places, PLACE))} ${tech(result)} ${pay(result)}
      ${culture(result)} ${claims(t("brief.values"), result.companyValues)}
      ${claims(t("brief.challenges"), result.topChallenges)} ${claims(
        t("brief.redFlags"),
        result.redFlags,
      )}
      ${hasModel(result) ? claims(t("brief.talkAbout"), facts) : nothing} ${topics(result)}
      ${preparation(result, false)} ${checklist(desk, row)} ${preparation(result, true)} ${section(
        t("brief.sources"),
        sources,
        ({ id, url, title }) =>
          html`
            <small>${id.replace(/^\D+/, "")}</small> ${outward(url, title ?? undefined)}
          `,
        "sources",
      )}
    </div>
  `;
}

function hasModel({ metadata }: Brief): boolean {
  return Boolean(metadata?.model);
}

/** The summary; without a model the company's own first words, marked as such. */
function lead(result: Brief): Content {
  const { executiveSummary, overview } = result;
  if (!executiveSummary && !overview) {
    return result.sources?.length ? nothing : html`
      <p class="lead">${t("brief.nothing")}</p>
    `;
  }
  return html`
    ${executiveSummary
      ? html`
        <p class="lead">${cited(executiveSummary, result)}</p>
      `
      : nothing} ${overview ? ownWords(overview, result, !executiveSummary) : nothing}
  `;
}

function ownWords(overview: Claim, result: Brief, leads: boolean): Content {
  if (overview.basis === "inferred" || hasModel(result)) {
    return html`
      <p class="${leads ? "lead" : ""}">${cited(overview, result)}</p>
    `;
  }
  return html`
    <figure class="own-words">
      <figcaption>${t("brief.ownWords")}</figcaption>
      <blockquote><q>${overview.text}</q> ${marks(overview, result)}</blockquote>
    </figure>
  `;
}

function culture(result: Brief): Content {
  const { cultureInsights: claim } = result;
  if (!claim) return nothing;
  if (claim.basis === "inferred" || hasModel(result)) {
    return section(t("brief.culture"), [claim], (one) => cited(one, result));
  }
  return html`
    <h3>${t("brief.culture")}</h3>
    <blockquote><q>${claim.text}</q> ${marks(claim, result)}</blockquote>
  `;
}

/** The names of technologies are topics already; what a model adds to them is shown. */
function topics({ keyTopics, techStack }: Brief): Content {
  const named = new Set(techStack?.map(({ name }) => name));
  const more = keyTopics?.filter((topic) => !named.has(topic));
  return section(t("brief.topics"), more, (topic) => topic);
}

/** Either the advice for this company, or that which would fit any. */
function preparation(result: Brief, general: boolean): Content {
  const generic = result.metadata?.generic ?? [];
  const questions = result.interviewQuestions?.filter((one) => Boolean(one.generic) === general);
  const tips = generic.includes("preparationTips") === general ? result.preparationTips : [];
  const smart = generic.includes("smartQuestions") === general ? result.smartQuestions : [];
  if (![questions, tips, smart].some((list) => list?.length)) return nothing;
  const advice = (one: string | Claim) => typeof one === "string" ? one : cited(one, result);
  const lists = html`
    ${section(t("brief.expect"), questions, ({ text, why, sources: ids }) =>
      html`
        ${text} ${why && !general
          ? html`
            <small>${why}</small>
          `
          : nothing} ${sourceMarks(ids, result.sources)}
      `)} ${section(t("brief.prepare"), tips, advice)} ${section(t("brief.ask"), smart, advice)}
  `;
  if (!general) return lists;
  return html`
    <section class="general">
      <h3 class="apart">${t("brief.general")}</h3>
      <p class="small">${t("brief.generalNote")}</p>
      ${lists}
    </section>
  `;
}

/** Quotation marks show that a sentence is the source's own. */
function cited(claim: Claim, result: Brief): Content {
  const text = claim.basis === "quoted"
    ? html`
      <q>${claim.text}</q>
    `
    : claim.text;
  return html`
    ${text} ${marks(claim, result)}
  `;
}

function marks({ sources, basis }: Claim, result: Brief): Content {
  return sourceMarks(sources, result.sources, basis);
}

function section<Item>(
  title: string,
  list: readonly Item[] | null | undefined,
  item: (one: Item) => Content,
  kind = "",
): Content {
  if (!list?.length) return nothing;
  return html`
    <h3>${title}</h3>
    <ul class="${kind}">
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
    <h3>${t("brief.technology")}</h3>
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
  const [from, to] = ends.map((end) => number(end));
  const range = to === undefined ? from : t("brief.payRange", { from, to });
  return html`
    <h3>${t("brief.pay")}</h3>
    <p>${currency} ${range} ${interval ? wordOf("per", interval) : ""}
      ${sourceMarks(salaryRange.sources, sources)}</p>
  `;
}

/** The ticks of the user are stored in a separate column, which no worker overwrites. */
function checklist(desk: Desk, row: Research): Content {
  const list = row.prep_checklist;
  if (!list?.length) return nothing;
  const tick = async (event: Event) => {
    const box = event.currentTarget as HTMLInputElement;
    const boxes = box.closest("ul")!.querySelectorAll("input");
    // As on screen: a tick of a moment ago may not have come back in the row yet.
    const prep_checklist = list.map((one, index) => ({ ...one, done: boxes[index].checked }));
    const table = desk.client.from("company_research");
    const { error } = await table.update({ prep_checklist }).eq("id", row.id);
    if (!error) return;
    box.checked = !box.checked;
    desk.alert(refusedByDatabase(error).message);
  };
  return html`
    <h3>${t("brief.checklist")}</h3>
    <ul class="checklist">
      ${list.map(({ item, done }) =>
        html`
          <li>
            <label class="choice"><input
                type="checkbox"
                .checked="${done ?? false}"
                @change="${tick}"
              /> ${item}</label>
          </li>
        `
      )}
    </ul>
  `;
}
