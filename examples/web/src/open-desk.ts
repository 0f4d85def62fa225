/** The page after sign-in: a header and three tabs. A tab is loaded when it is first shown. */
import { html, render } from "lit-html";
import { companiesTab } from "./companies.ts";
import { type Desk, rowsOf } from "./desk.ts";
import { interviewsTab } from "./interviews.ts";
import { t } from "./language.ts";
import { Places, type TabPlace } from "./places.ts";
import { positionsTab } from "./positions.ts";
import type { JobPosition } from "./rows.ts";

/** Fills a panel and keeps it up to date; returns a function that closes it. */
export type Tab = (panel: HTMLElement, desk: Desk, place: TabPlace) => () => void;

const TABS = [
  { id: "positions", open: positionsTab },
  { id: "interviews", open: interviewsTab },
  { id: "companies", open: companiesTab },
] as const satisfies { id: string; open: Tab }[];

export function openDesk(
  root: HTMLElement,
  user: Omit<Desk, "positions">,
  email: string,
): () => void {
  // Not sorted: each list sorts what it shows, once for all events of a frame.
  const positions = rowsOf<JobPosition>(user, {
    table: "job_positions",
    readFirst: "created_at.desc",
  });
  const desk: Desk = { ...user, positions };
  const places = new Places(TABS.map(({ id }) => id));
  const closers = new Map<string, () => void>();

  const show = () => {
    const { tab: shown } = places.current;
    for (const { id, open } of TABS) {
      const button = root.querySelector<HTMLElement>(`#tab-${id}`)!;
      const panel = root.querySelector<HTMLElement>(`#panel-${id}`)!;
      const isChosen = id === shown;
      button.setAttribute("aria-selected", String(isChosen));
      button.tabIndex = isChosen ? 0 : -1;
      panel.hidden = !isChosen;
      if (isChosen && !closers.has(id)) closers.set(id, open(panel, desk, places.of(id)));
    }
  };

  const byKey = (event: KeyboardEvent) => {
    const from = TABS.findIndex((tab) => `tab-${tab.id}` === (event.target as HTMLElement).id);
    const to = { ArrowRight: from + 1, ArrowLeft: from - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const { id } = TABS.at(to % TABS.length)!;
    places.openTab(id);
    root.querySelector<HTMLElement>(`#tab-${id}`)!.focus();
  };

  const signOut = () => {
    // The next user of this window has other rows.
    history.replaceState(null, "", location.pathname + location.search);
    return user.client.auth.signOut();
  };

  render(template(email, (id) => places.openTab(id), byKey, signOut), root);
  places.subscribe(show);
  show();
  return () => {
    closers.forEach((close) => close());
    places.close();
    positions.close();
  };
}

function template(
  email: string,
  select: (id: string) => void,
  byKey: (event: KeyboardEvent) => void,
  signOut: () => void,
) {
  return html`
    <header class="top">
      <h1>${t("page.title")}</h1>
      <div role="tablist" aria-label="${t("page.tabs")}" @keydown="${byKey}">
        ${TABS.map(({ id }) =>
          html`
            <button
              type="button"
              role="tab"
              id="tab-${id}"
              aria-controls="panel-${id}"
              @click="${() => select(id)}"
            >${t(`tab.${id}`)}</button>
          `
        )}
      </div>
      <div class="who">
        <span title="${email}">${email}</span>
        <button type="button" class="link" @click="${signOut}">
          ${t("page.signOut")}
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
