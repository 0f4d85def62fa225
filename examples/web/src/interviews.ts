/** The tab of interviews: upload a recording or paste a transcript, read the analysis. */
import { html, nothing } from "lit-html";
import { call, type Desk, Refusal } from "./desk.ts";
import { painter } from "./dom.ts";
import { EXAMPLE, paragraphs } from "./given-transcript.ts";
import { interviewCard, nameOf } from "./interview-card.ts";
import { InterviewBook } from "./interview-book.ts";
import { liveRows } from "liverows";
import { nameOf as positionName } from "./position-card.ts";
import type { Interview } from "./rows.ts";
import { announceChanges, byAge, cards } from "./table-view.ts";
import { ACCEPTED, upload } from "./upload.ts";

export function interviewsTab(panel: HTMLElement, desk: Desk): () => void {
  const live = liveRows<Interview>(desk.client, {
    table: "timeline_items",
    filter: "type=in.(INTERVIEW_ANALYSE,MOCK_ANALYSE)",
    sort: byAge,
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
  const paint = painter(panel, () =>
    html`
      <div class="card ask two">
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
      ${cards(
        live.view,
        (row) => interviewCard(desk, row, book),
        "No interviews yet. Upload a recording, or try the example transcript.",
      )}
    `);
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

function positionChoice({ positions }: Desk) {
  const { rows } = positions.view;
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
