/** The tab of companies: ask for one or for many, read the briefs. */
import { html, nothing } from "lit-html";
import { Batches } from "./batch-card.ts";
import { Capabilities, waitingNote } from "./capabilities.ts";
import { companyCard, nameOf } from "./company-card.ts";
import { call, type Desk, rowsOf } from "./desk.ts";
import { OpenSet, painter } from "./dom.ts";
import { sendForm } from "./form.ts";
import { t } from "./language.ts";
import { byAge } from "./list-rows.ts";
import { type ListKind, ListView } from "./list-view.ts";
import type { LiveView } from "liverows";
import type { TabPlace } from "./places.ts";
import type { Batch, Research } from "./rows.ts";
import { announceChanges } from "./table-view.ts";

export function companiesTab(panel: HTMLElement, desk: Desk, place: TabPlace): () => void {
  const live = rowsOf<Research>(desk, {
    table: "company_research",
    readFirst: "created_at.desc",
  });
  const batches = rowsOf<Batch>(desk, {
    table: "batch_jobs",
    sort: byAge,
    final: ({ status }) => status === "completed" || status === "failed",
  });
  const open = new OpenSet();
  const can = Capabilities.of(desk);
  let problem = "";

  const tell = (text: string) => {
    problem = text;
    paint();
  };
  const ask = (event: SubmitEvent) => sendForm(event, (data) => request(desk, data), tell);

  const kind: ListKind<Research> = {
    subject: "companies",
    counted: "count.companies",
    table: "company_research",
    details: open,
    name: nameOf,
    texts: (row) => [nameOf(row), row.role, row.company_url],
    card: (row) => companyCard(desk, live, row, open, paint),
    get empty() {
      return batches.view.rows.length ? "" : t("list.empty.companies");
    },
  };
  const paint = place.whileShown(painter(panel, () => {
    const { rows } = live.view;
    // Whoever looks for a company finds it, also if it is part of a batch.
    const listed = list.isNarrowed ? rows : outsideOf(batches.view, rows);
    return html`
      <form class="card ask" @submit="${ask}" ?hidden="${list.isAlone}">
        ${waitingNote(can, "companies")} ${can.has("companies", "language_model") === false
          ? html`
            <p class="note" data-note="no-model">${t("company.noModel")}</p>
          `
          : nothing}
        <label>${t("company.ask")}
          <textarea
            name="companies"
            rows="2"
            required
            placeholder="${t("company.example")}"
          ></textarea>
        </label>
        <div class="row">
          <label class="grow">${t("company.role")}
            <input name="role" maxlength="200" />
          </label>
          <label class="choice"><input type="checkbox" name="deep" /> ${t("company.deeper")}</label>
          <button type="submit">${t("company.research")}</button>
        </div>
        ${problem
          ? html`
            <p class="note bad" role="alert">${problem}</p>
          `
          : nothing}
      </form>
      ${list.isAlone || list.isNarrowed ? nothing : cards.template(batches.view.rows)}
      ${list.template(listed)}
    `;
  }));
  const cards = new Batches(desk, live, open, paint);
  const list = new ListView(panel, desk, live, place, kind, paint);
  const leaveCapabilities = can.subscribe(paint);
  live.subscribe(() => {
    can.sawWork("companies", live.view.rows);
    paint();
  });
  batches.subscribe(paint);
  announceChanges(desk, live, nameOf);
  paint();
  return () => {
    leaveCapabilities();
    live.close();
    batches.close();
  };
}

/**
 * The companies that are in none of the batches. Until all batches are read, each batch counts: its
 * companies would be listed for a moment, and then move into its card.
 */
export function outsideOf(
  { rows, complete, problem }: Pick<LiveView<Pick<Batch, "id">>, "rows" | "complete" | "problem">,
  companies: readonly Research[],
): readonly Research[] {
  const known = new Set<string | null>(rows.map(({ id }) => id));
  const isKnown = complete || problem !== null;
  return companies.filter(({ batch_id: batch }) => batch === null || isKnown && !known.has(batch));
}

async function request(desk: Desk, form: FormData): Promise<void> {
  const companies = askedCompanies(String(form.get("companies")));
  const how = {
    ...(form.get("role") ? { role: String(form.get("role")) } : {}),
    deepMode: form.has("deep"),
  };
  if (companies.length === 1) {
    await call(desk, "POST", "research-direct", { ...companies[0], ...how });
  } else await call(desk, "POST", "research-batch", { companies, ...how });
}

/**
 * One company per line, as "Name https://address"; a line may have only one of the two parts. An
 * address that is none is sent as it is: the server says what is wrong with it.
 */
export function askedCompanies(text: string): { companyName: string; companyUrl?: string }[] {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  return lines.map((line) => {
    const [, name, companyUrl] = line.match(/^(.*?)\s*(https?:\/\/\S+)?$/i)!;
    const host = URL.canParse(companyUrl) ? new URL(companyUrl).hostname : companyUrl;
    const companyName = name || host;
    return companyUrl ? { companyName, companyUrl } : { companyName };
  });
}
