/** A live table on screen: its cards, its messages for screen readers, and a lost connection. */
import { html } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import type { Desk } from "./desk.ts";
import type { Content } from "./dom.ts";
import type { LiveRows, LiveView } from "liverows";
import { isOpen } from "./row-status.ts";
import type { ProcessingRow, Status } from "./rows.ts";

/** Sorts rows by age, the newest first. */
export function byAge(left: { created_at: string }, right: { created_at: string }): number {
  return right.created_at < left.created_at ? -1 : Number(right.created_at > left.created_at);
}

/** Announces how a row ended, but not each step before that. */
export function announceChanges<Row extends ProcessingRow>(
  desk: Desk,
  live: LiveRows<Row>,
  name: (row: Row) => string,
): void {
  let known: Map<string, Status> | null = null;
  live.subscribe(() => {
    const { rows, loaded } = live.view;
    if (!loaded) return;
    for (const row of rows) {
      const before = known?.get(row.id);
      if (before && before !== row.processing_status && !isOpen(row)) {
        desk.announce(`${name(row)}: ${row.processing_status}`);
      }
    }
    known = new Map(rows.map((row) => [row.id, row.processing_status]));
  });
}

/** The cards; placeholders before the first snapshot, and a sentence if there are no rows. */
export function cards<Row extends { id: string }>(
  view: LiveView<Row>,
  card: (row: Row) => Content,
  empty: string,
): Content {
  if (!view.loaded) {
    return html`
      <div class="cards" aria-busy="true" aria-label="Loading">
        ${[0, 1, 2].map(() =>
          html`
            <div class="card skeleton"><i></i><i></i></div>
          `
        )}
      </div>
    `;
  }
  return html`
    ${view.link !== "reconnecting" ? "" : html`
      <p class="note warn">Connection lost. Changes will show as soon as it is back.</p>
    `} ${view.link !== "catching up" ? "" : html`
      <p class="note">Catching up: changes show up to half a minute late.</p>
    `} ${view.rows.length ? "" : html`
      <p class="empty">${empty}</p>
    `}
    <div class="cards" data-link="${view.link}">${repeat(view.rows, (row) => row.id, card)}</div>
  `;
}
