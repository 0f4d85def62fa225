/** The tab of interviews: upload a recording or paste a transcript, read the analysis. */
import { html, nothing } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { Capabilities, waitingNote } from "./capabilities.ts";
import { call, type Desk, rowsOf } from "./desk.ts";
import { type Content, OpenSet, painter } from "./dom.ts";
import { sendForm } from "./form.ts";
import { EXAMPLE, paragraphs } from "./given-transcript.ts";
import { interviewCard } from "./interview-card.ts";
import { InterviewBook } from "./interview-book.ts";
import { nameOf } from "./interview-name.ts";
import { t } from "./language.ts";
import { byAge } from "./list-rows.ts";
import { type ListKind, ListView } from "./list-view.ts";
import type { TabPlace } from "./places.ts";
import { nameOf as positionName } from "./position-card.ts";
import type { Interview, JobPosition } from "./rows.ts";
import { scoreHistories } from "./score-history-card.ts";
import { announceChanges } from "./table-view.ts";
import { forPosition, UploadForm } from "./upload-form.ts";

export function interviewsTab(panel: HTMLElement, desk: Desk, place: TabPlace): () => void {
  const live = rowsOf<Interview>(desk, {
    table: "timeline_items",
    filter: "type=in.(INTERVIEW_ANALYSE,MOCK_ANALYSE)",
    readFirst: "created_at.desc",
  });
  const can = Capabilities.of(desk);
  const open = new OpenSet();
  let problem = "";

  const tell = (text: string) => {
    problem = text;
    paint();
  };
  const sendTranscript = (event: SubmitEvent) =>
    sendForm(event, (data) => {
      const transcript = paragraphs(String(data.get("transcript")));
      return call(desk, "POST", "mock-interview/analyse", { transcript, ...forPosition(data) });
    }, tell);

  const tryExample = (event: Event) => {
    const { form } = event.currentTarget as HTMLButtonElement;
    form!.querySelector("textarea")!.value = EXAMPLE;
  };

  const book = new InterviewBook(desk, () => paint());
  const hasNoSpeech = () => can.has("interviews", "speech_to_text") === false;
  const kind: ListKind<Interview> = {
    subject: "interviews",
    counted: "count.interviews",
    table: "timeline_items",
    details: {
      has: (id) => book.has(id),
      set: (id, isOpen) => {
        book.set(id, isOpen);
        book.follow(live.view.rows);
      },
    },
    name: nameOf,
    texts: (row) => [nameOf(row), knownOf(desk).names.get(row.position_id ?? "")],
    card: (row) => interviewCard(desk, live, row, book, paint),
    get empty() {
      return t(hasNoSpeech() ? "interview.emptyWithoutSpeech" : "list.empty.interviews");
    },
  };
  const paint = place.whileShown(painter(panel, () => {
    return html`
      <div class="card ask" ?hidden="${list.isAlone}">
        ${waitingNote(can, "interviews")} ${can.has("interviews", "language_model") === false
          ? html`
            <p class="note" data-note="no-model">${t("interview.noModel")}</p>
          `
          : nothing}
        <div class="ask two">
          ${recording.view(positionChoice(desk))}
          <form @submit="${sendTranscript}">
            <h2>${t("interview.transcriptHeading")}</h2>
            <label>${t("interview.perTurn")}
              <textarea name="transcript" rows="3" required></textarea>
            </label>
            ${positionChoice(desk)} ${problem
              ? html`
                <p class="note bad" role="alert">${problem}</p>
              `
              : nothing}
            <div class="actions">
              <button type="submit">${t("interview.analyse")}</button>
              <button type="button" class="quiet" @click="${tryExample}">${t(
                "interview.example",
              )}</button>
            </div>
          </form>
        </div>
      </div>
      ${list.isAlone || list.isNarrowed ? nothing : scoreHistories(live.view.rows, open, paint)}
      ${list.template()}
    `;
  }));
  const list = new ListView(panel, desk, live, place, kind, paint);
  const ask = () => book.ask(place.id, place.part);
  ask();
  place.subscribe(() => {
    ask();
    paint();
  });
  const recording = new UploadForm(desk, can, paint);
  const leavePositions = desk.positions.subscribe(paint);
  const leaveCapabilities = can.subscribe(paint);
  live.subscribe(() => {
    book.follow(live.view.rows);
    can.sawWork("interviews", live.view.rows);
    paint();
  });
  announceChanges(desk, live, nameOf);
  paint();
  return () => {
    recording.close();
    leavePositions();
    leaveCapabilities();
    live.close();
  };
}

/** So many positions can be chosen from: the newest that are not archived. */
const MOST_CHOICES = 200;

interface Known {
  names: Map<string, string>;
  newest: JobPosition[];
}

/** Worked out once for each state of the positions, because there may be thousands. */
const known = new WeakMap<readonly JobPosition[], Known>();

function knownOf({ positions }: Desk): Known {
  const { rows } = positions.view;
  let found = known.get(rows);
  if (!found) {
    const newest = rows.filter(({ archived }) => !archived).sort(byAge).slice(0, MOST_CHOICES);
    found = { names: new Map(rows.map((row) => [row.id, positionName(row)])), newest };
    known.set(rows, found);
  }
  return found;
}

function positionChoice(desk: Desk): Content {
  const rows = knownOf(desk).newest;
  if (!rows.length) return nothing;
  // An option stays the same element, so that the choice does not move when a position is added.
  const option = (row: JobPosition) =>
    html`
      <option value="${row.id}">${positionName(row)}</option>
    `;
  return html`
    <label>${t("interview.position")}
      <select name="position">
        <option value="">${t("interview.noPosition")}</option>
        ${repeat(rows, ({ id }) => id, option)}
      </select>
    </label>
  `;
}
