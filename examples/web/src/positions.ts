/** The tab of job positions: paste a link or the text of a posting, watch the card fill. */
import { html } from "lit-html";
import { Capabilities, waitingNote } from "./capabilities.ts";
import type { Desk } from "./desk.ts";
import { OpenSet, painter } from "./dom.ts";
import { t } from "./language.ts";
import { type ListKind, ListView } from "./list-view.ts";
import type { TabPlace } from "./places.ts";
import { companyOf, nameOf, positionCard } from "./position-card.ts";
import { PostingForm } from "./posting-form.ts";
import type { JobPosition } from "./rows.ts";
import { announceChanges } from "./table-view.ts";

export function positionsTab(panel: HTMLElement, desk: Desk, place: TabPlace): () => void {
  const live = desk.positions;
  const can = Capabilities.of(desk);
  const open = new OpenSet();
  const kind: ListKind<JobPosition> = {
    subject: "positions",
    counted: "count.positions",
    empty: t("list.empty.positions"),
    table: "job_positions",
    details: open,
    name: nameOf,
    company: companyOf,
    texts: (row) => [nameOf(row), companyOf(row), row.location, row.notes],
    archived: (row) => row.archived,
    card: (row) => positionCard(desk, row, open, paint),
  };
  const paint = place.whileShown(painter(panel, () =>
    html`
      ${form.template(list.isAlone, waitingNote(can, "positions"))} ${list.template()}
    `));
  const form = new PostingForm(desk, paint);
  const list = new ListView(panel, desk, live, place, kind, paint);
  const leaveCapabilities = can.subscribe(paint);
  live.subscribe(() => {
    can.sawWork("positions", live.view.rows);
    paint();
  });
  announceChanges(desk, live, nameOf);
  paint();
  return leaveCapabilities;
}
