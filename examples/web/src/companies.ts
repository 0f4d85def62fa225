/** The tab of companies: ask for one or for many, read the briefs. */
import { html, nothing } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { batchCard } from "./batch-card.ts";
import { Capabilities, waitingNote } from "./capabilities.ts";
import { companyCard, nameOf } from "./company-card.ts";
import { call, type Desk, Refusal } from "./desk.ts";
import { OpenSet, painter } from "./dom.ts";
import { liveRows } from "./live-rows.ts";
import type { Batch, Research } from "./rows.ts";
import { announceChanges, byAge, cards } from "./table-view.ts";

const WORDS = {
  noModel: "No language model is set up here: you get what the company’s own pages say, word for " +
    "word, and advice that fits any company.",
};

export function companiesTab(panel: HTMLElement, desk: Desk): () => void {
  const { client } = desk;
  const live = liveRows<Research>(client, { table: "company_research", sort: byAge });
  const batches = liveRows<Batch>(client, {
    table: "batch_jobs",
    sort: byAge,
    final: ({ status }) => status === "completed" || status === "failed",
  });
  const open = new OpenSet();
  const can = Capabilities.of(desk);
  let problem = "";

  async function ask(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const button = form.querySelector("button")!;
    button.disabled = true;
    problem = "";
    try {
      await request(desk, new FormData(form));
      form.reset();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      problem = error.message;
    } finally {
      button.disabled = false;
      paint();
    }
  }

  const paint = painter(panel, () => {
    const { rows } = live.view;
    const single = rows.filter((row) => !batches.view.rows.some(({ id }) => id === row.batch_id));
    return html`
      <form class="card ask" @submit="${ask}">
        ${waitingNote(can, "companies")} ${can.has("companies", "language_model") === false
          ? html`
            <p class="note" data-note="no-model">${WORDS.noModel}</p>
          `
          : nothing}
        <label>Company, or one per line; a web address may follow the name
          <textarea
            name="companies"
            rows="2"
            required
            placeholder="Fellside Water https://fellside.example"
          ></textarea>
        </label>
        <div class="row">
          <label class="grow">Role you apply for
            <input name="role" maxlength="200" />
          </label>
          <label class="choice"><input type="checkbox" name="deep" /> Look deeper</label>
          <button type="submit">Research</button>
        </div>
        ${problem
          ? html`
            <p class="note bad" role="alert">${problem}</p>
          `
          : nothing}
      </form>
      <div class="cards">
        ${repeat(
          batches.view.rows,
          ({ id }) => id,
          (batch) => batchCard(desk, batch, rows, open, paint),
        )}
      </div>
      ${cards(
        { ...live.view, rows: single },
        (row) => companyCard(desk, row, open, paint),
        batches.view.rows.length ? "" : "No research yet. Name a company above.",
      )}
    `;
  });
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

/** One company per line, as "Name https://address"; a line may have only one of the two parts. */
export function askedCompanies(text: string): { companyName: string; companyUrl?: string }[] {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  return lines.map((line) => {
    const [, name, companyUrl] = line.match(/^(.*?)\s*(https?:\/\/\S+)?$/i)!;
    const companyName = name || new URL(companyUrl).hostname;
    return companyUrl ? { companyName, companyUrl } : { companyName };
  });
}
