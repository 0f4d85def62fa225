/** The tab of interviews: upload a recording or paste a transcript, read the analysis. */
import { html, nothing } from "lit-html";
import { call, type Desk, Refusal } from "./desk.ts";
import { painter } from "./dom.ts";
import { EXAMPLE, paragraphs } from "./given-transcript.ts";
import { interviewCard, nameOf } from "./interview-card.ts";
import { InterviewBook } from "./interview-book.ts";
import { byAge } from "./list-rows.ts";
import { type ListKind, ListView } from "./list-view.ts";
import { liveRows } from "liverows";
import type { TabPlace } from "./places.ts";
import { nameOf as positionName } from "./position-card.ts";
import type { Interview, JobPosition } from "./rows.ts";
import { announceChanges } from "./table-view.ts";
import { ACCEPTED, upload } from "./upload.ts";

const LIST = {
  label: "Interviews",
  one: "interview",
  many: "interviews",
  searched: "title or position",
  empty: "No interviews yet. Upload a recording, or try the example transcript.",
};

export function interviewsTab(panel: HTMLElement, desk: Desk, place: TabPlace): () => void {
  const live = liveRows<Interview>(desk.client, {
    table: "timeline_items",
    filter: "type=in.(INTERVIEW_ANALYSE,MOCK_ANALYSE)",
  });
  let sent: number | null = null;
  let problem = "";

  /** Sends the request of a form; empties the form after a success. */
  const asking = (ask: (form: FormData) => Promise<unknown>) => async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const button = form.querySelector<HTMLButtonElement>("[type=submit]")!;
    button.disabled = true;
    problem = "";
    try {
      await ask(new FormData(form));
      form.reset();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      problem = error.message;
    } finally {
      button.disabled = false;
      sent = null;
      paint();
    }
  };

  const sendRecording = asking(async (form) => {
    const interviewPath = await upload(desk, form.get("recording") as File, (share) => {
      sent = share;
      paint();
    });
    await call(desk, "POST", "timeline-items/analyse-interview", {
      interviewPath,
      ...forPosition(form),
    });
  });

  const sendTranscript = asking(async (form) => {
    const transcript = paragraphs(String(form.get("transcript")));
    await call(desk, "POST", "mock-interview/analyse", { transcript, ...forPosition(form) });
  });

  const tryExample = (event: Event) => {
    const { form } = event.currentTarget as HTMLButtonElement;
    form!.querySelector("textarea")!.value = EXAMPLE;
  };

  const book = new InterviewBook(desk, () => paint());
  const kind: ListKind<Interview> = {
    ...LIST,
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
    card: (row) => interviewCard(desk, row, book),
  };
  const paint = place.whileShown(painter(panel, () =>
    html`
      <div class="card ask two" ?hidden="${list.isAlone}">
        <form @submit="${sendRecording}">
          <h2>A recording</h2>
          <label>Audio, up to 50 MiB
            <input type="file" name="recording" accept="${ACCEPTED}" required />
          </label>
          ${positionChoice(desk)} ${uploadBar(sent)}
          <button type="submit">Upload and analyse</button>
        </form>
        <form @submit="${sendTranscript}">
          <h2>A transcript</h2>
          <label>One line per turn, “Name: what they say”
            <textarea name="transcript" rows="3" required></textarea>
          </label>
          ${positionChoice(desk)}
          <div class="actions">
            <button type="submit">Analyse</button>
            <button type="button" class="quiet" @click="${tryExample}">Fill in an example</button>
          </div>
        </form>
        ${problem
          ? html`
            <p class="note bad" role="alert">${problem}</p>
          `
          : nothing}
      </div>
      ${list.template()}
    `));
  const list = new ListView(panel, desk, live, place, kind, paint);
  const leavePositions = desk.positions.subscribe(paint);
  live.subscribe(() => {
    book.follow(live.view.rows);
    paint();
  });
  announceChanges(desk, live, nameOf);
  paint();
  return () => {
    leavePositions();
    live.close();
  };
}

function forPosition(form: FormData): { positionId?: string } {
  const positionId = String(form.get("position") ?? "");
  return positionId ? { positionId } : {};
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

function positionChoice(desk: Desk) {
  const rows = knownOf(desk).newest;
  if (!rows.length) return nothing;
  return html`
    <label>For the position
      <select name="position">
        <option value="">none</option>
        ${rows.map((row) =>
          html`
            <option value="${row.id}">${positionName(row)}</option>
          `
        )}
      </select>
    </label>
  `;
}

function uploadBar(share: number | null) {
  if (share === null) return nothing;
  const percent = Math.round(share * 100);
  return html`
    <div class="progress">
      <div class="stage"><span>Uploading</span><span>${percent} %</span></div>
      <div
        class="bar"
        role="progressbar"
        aria-label="Upload"
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow="${percent}"
      >
        <div style="width: ${percent}%"></div>
      </div>
    </div>
  `;
}
