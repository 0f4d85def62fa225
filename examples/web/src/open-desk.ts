/** The page after sign-in: a header and three tabs. A tab is loaded when it is first shown. */
import { html, render } from "lit-html";
import { companiesTab } from "./companies.ts";
import type { Desk } from "./desk.ts";
import { interviewsTab } from "./interviews.ts";
import { liveRows } from "liverows";
import { positionsTab } from "./positions.ts";
import type { JobPosition } from "./rows.ts";
import { byAge } from "./table-view.ts";

/** Fills a panel and keeps it up to date; returns a function that closes it. */
export type Tab = (panel: HTMLElement, desk: Desk) => () => void;

const TABS: { id: string; label: string; open: Tab }[] = [
  { id: "positions", label: "Positions", open: positionsTab },
  { id: "interviews", label: "Interviews", open: interviewsTab },
  { id: "companies", label: "Companies", open: companiesTab },
];

export function openDesk(
  root: HTMLElement,
  user: Omit<Desk, "positions">,
  email: string,
): () => void {
  const positions = liveRows<JobPosition>(user.client, { table: "job_positions", sort: byAge });
  const desk: Desk = { ...user, positions };
  const closers = new Map<string, () => void>();

  const select = (id: string, focus = false) => {
    for (const tab of TABS) {
      const button = root.querySelector<HTMLElement>(`#tab-${tab.id}`)!;
      const panel = root.querySelector<HTMLElement>(`#panel-${tab.id}`)!;
      const chosen = tab.id === id;
      button.setAttribute("aria-selected", String(chosen));
      button.tabIndex = chosen ? 0 : -1;
      panel.hidden = !chosen;
      if (!chosen) continue;
      if (focus) button.focus();
      if (!closers.has(id)) closers.set(id, tab.open(panel, desk));
    }
    history.replaceState(null, "", `#${id}`);
  };

  const byKey = (event: KeyboardEvent) => {
    const from = TABS.findIndex((tab) => `tab-${tab.id}` === (event.target as HTMLElement).id);
    const to = { ArrowRight: from + 1, ArrowLeft: from - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    select(TABS.at(to % TABS.length)!.id, true);
  };

  render(template(email, desk, select, byKey), root);
  const asked = location.hash.slice(1);
  select(TABS.some((tab) => tab.id === asked) ? asked : TABS[0].id);
  return () => {
    closers.forEach((close) => close());
    positions.close();
  };
}

function template(
  email: string,
  { client }: Desk,
  select: (id: string) => void,
  byKey: (event: KeyboardEvent) => void,
) {
  return html`
    <header class="top">
      <h1>Job desk</h1>
      <div role="tablist" aria-label="What to work on" @keydown="${byKey}">
        ${TABS.map(({ id, label }) =>
          html`
            <button
              type="button"
              role="tab"
              id="tab-${id}"
              aria-controls="panel-${id}"
              @click="${() => select(id)}"
            >${label}</button>
          `
        )}
      </div>
      <div class="who">
        <span title="${email}">${email}</span>
        <button type="button" class="link" @click="${() => client.auth.signOut()}">
          Sign out
        </button>
      </div>
    </header>
    <main>
      ${TABS.map(({ id }) =>
        html`
          <section role="tabpanel" id="panel-${id}" aria-labelledby="tab-${id}" hidden></section>
        `
      )}
    </main>
  `;
}
