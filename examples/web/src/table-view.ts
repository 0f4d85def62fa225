/** What every live table says: how its rows ended, that it loads, and that the connection is lost. */
import { html, nothing } from "lit-html";
import type { Desk } from "./desk.ts";
import type { Content } from "./dom.ts";
import { type Key, t } from "./language.ts";
import type { LiveRows, LiveView } from "liverows";
import { isOpen, noteFailure } from "./row-status.ts";
import type { ProcessingRow, Status } from "./rows.ts";

/** So many rows that end at once are named; of more, only the number is said. */
const NAMED_ENDS = 3;

interface StateNote {
  text: Key;
  tone: "" | "warn";
}

/** What is said of rows whose reads are refused: no connection that comes back helps there. */
const UNREADABLE: StateNote = { text: "live.unreadable", tone: "warn" };

/** What is said of a connection; of one that works, nothing. */
const LINKS: Partial<Record<string, StateNote>> = {
  reconnecting: { text: "live.lost", tone: "warn" },
  "catching up": { text: "live.late", tone: "" },
  polling: { text: "live.polling", tone: "" },
};

/** Announces how a row ended, but not each step before that, nor what had ended before. */
export function announceChanges<Row extends ProcessingRow>(
  desk: Desk,
  live: LiveRows<Row>,
  name: (row: Row) => string,
): void {
  const before = new Map<string, Status>();
  /** The last end of each row: one that comes back after a refused action is no news. */
  const ends = new Map<string, string>();
  let isFirst = true;
  live.subscribe(() => {
    const { rows, complete } = live.view;
    const first = isFirst;
    isFirst = !complete; // more rows come that had ended before
    const ended: Row[] = [];
    for (const row of rows) {
      const status = before.get(row.id);
      const end = isOpen(row) ? undefined : `${row.processing_run} ${row.processing_status}`;
      const isKnown = status === row.processing_status || end === ends.get(row.id);
      before.set(row.id, row.processing_status);
      if (end) ends.set(row.id, end);
      if (first || isKnown || !end) continue;
      if (row.processing_status === "failed") noteFailure(row.id);
      if (status) ended.push(row);
    }
    if (ended.length > NAMED_ENDS) desk.announce(t("live.manyEnded", { count: ended.length }));
    else {for (const row of ended) {
        desk.announce(t(`live.ended.${row.processing_status}`, { name: name(row) }));
      }}
  });
}

/** Placeholders before the first snapshot. */
export function skeletons(): Content {
  return html`
    <div class="cards" aria-busy="true" aria-label="${t("live.loading")}">
      ${[0, 1, 2].map(() =>
        html`
          <div class="card skeleton"><i></i><i></i></div>
        `
      )}
    </div>
  `;
}

/** Says that the rows cannot be read, or that changes do not arrive, or arrive late. */
export function stateNotes({ link, problem }: LiveView<unknown>): Content {
  const note = problem ? UNREADABLE : LINKS[link];
  return note
    ? html`
      <p class="note ${note.tone}" role="status">${t(note.text)}</p>
    `
    : nothing;
}
