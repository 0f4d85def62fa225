/** One interview: score, radar, questions with quotes, metrics, transcript, and the audio. */
import { html, nothing } from "lit-html";
import { rowAddress } from "./address.ts";
import { call, type Desk } from "./desk.ts";
import { clock, type Content } from "./dom.ts";
import type { InterviewBook } from "./interview-book.ts";
import { metrics } from "./interview-metrics.ts";
import { questionItem, scoreMark } from "./question.ts";
import { radar } from "./radar.ts";
import { actions, chip, failure, outdated, progress, removal, whileBusy } from "./row-status.ts";
import type { Interview, Remark } from "./rows.ts";
import { followAudio, jump, transcript } from "./transcript.ts";
import { warnings } from "./warnings.ts";

export function nameOf(row: Interview): string {
  if (row.title) return row.title;
  const kind = row.type === "MOCK_ANALYSE" ? "Mock interview" : "Interview";
  const begun = new Date(row.created_at);
  return `${kind}, ${begun.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })}`;
}

export function interviewCard(desk: Desk, row: Interview, book: InterviewBook): Content {
  const name = nameOf(row);
  const questions = book.questions(row);
  const length = row.interview_duration_seconds;
  const facts = [
    length ? clock(length) : null,
    row.interview_language?.toUpperCase(),
    questions.length ? `${questions.length} question${questions.length > 1 ? "s" : ""}` : null,
  ].filter(Boolean);
  return html`
    <article class="card" data-row="${row.id}" aria-label="${name}">
      <div class="head">
        ${scoreMark(row.interview_score)}
        <div class="grow">
          <h2><a href="${rowAddress("interviews", row.id)}">${name}</a></h2>
          <p class="facts">${facts.join(" · ")}</p>
        </div>
        ${chip(row.processing_status)}
      </div>
      ${progress(row, name)} ${failure(row)} ${outdated(desk, "timeline_items", row)} ${warnings(
        row.warnings,
      )}
      <details ?open="${book.isOpen(row)}" @toggle="${book.toggle(row)}">
        <summary>Analysis</summary>
        ${book.isOpen(row) ? analysis(desk, row, book) : nothing}
      </details>
      <div class="actions">
        ${actions(desk, "timeline_items", row)} ${removal(desk, "timeline_items", row, name)}
      </div>
    </article>
  `;
}

function analysis(desk: Desk, row: Interview, book: InterviewBook): Content {
  const summary = row.interview_summary;
  const audio = book.audio(row);
  const questions = book.questions(row);
  return html`
    ${audio
      ? html`
        <audio controls preload="metadata" src="${audio}" @timeupdate="${followAudio}"></audio>
      `
      : nothing} ${summary?.overall
      ? html`
        <p class="lead">${summary.overall}</p>
      `
      : nothing}
    <div class="overview">
      ${radar(summary?.dimensions)}
      <div>
        ${remarks("Strengths", summary?.strengths, row.id)}
        ${remarks("Work on next", summary?.priorities, row.id)}
      </div>
    </div>
    ${questions.length
      ? html`
        <h3>Questions</h3>
        <ol class="questions">${questions.map((question) => questionItem(row.id, question))}</ol>
      `
      : nothing} ${metrics(row.interview_metrics)} ${candidateChoice(desk, row)}
    ${row.interview_transcript?.length
      ? html`
        <h3>Transcript</h3>
        ${transcript(row.interview_transcript)}
      `
      : nothing}
  `;
}

function remarks(title: string, list: Remark[] | undefined, id: string): Content {
  if (!list?.length) return nothing;
  return html`
    <h3>${title}</h3>
    <ul class="remarks">
      ${list.map(({ text, question_numbers }) =>
        html`
          <li>${text} ${question_numbers?.map((number) =>
            html`
              <a class="ref" href="#${id}-q${number}" @click="${jump}">Q${number}</a>
            `
          )}</li>
        `
      )}
    </ul>
  `;
}

/** The whole analysis depends on who the candidate is, so the user may correct the worker here. */
function candidateChoice(desk: Desk, row: Interview): Content {
  const turns = row.interview_transcript ?? [];
  const speakers = [...new Set(turns.map((turn) => turn.speaker))]
    .filter((speaker) => typeof speaker === "number");
  if (speakers.length < 2) return nothing;
  const current = turns.find((turn) => turn.role === "candidate")?.speaker;
  const first = (speaker: number) => turns.find((turn) => turn.speaker === speaker)!.text;
  const choose = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const chosen = Number(new FormData(form).get("speaker"));
    const button = { currentTarget: form.querySelector("button") } as unknown as Event;
    const change = { interview_candidate_speaker: chosen };
    return whileBusy(button, desk, () => call(desk, "PATCH", `timeline-items/${row.id}`, change));
  };
  return html`
    <details class="inner">
      <summary>The roles are wrong?</summary>
      <form @submit="${choose}">
        <fieldset>
          <legend>The candidate is the one who says</legend>
          ${speakers.map((speaker) =>
            html`
              <label class="choice"><input
                  type="radio"
                  name="speaker"
                  value="${speaker}"
                  required
                  ?checked="${speaker === current}"
                /> “${first(speaker).slice(0, 90)}”</label>
            `
          )}
        </fieldset>
        <button type="submit">Analyse again</button>
      </form>
    </details>
  `;
}
