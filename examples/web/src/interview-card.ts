/** One interview: score, radar, questions with quotes, metrics, transcript, and the audio. */
import { html, nothing } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { rowAddress } from "./address.ts";
import { call, type Desk } from "./desk.ts";
import { clock, type Content, day, inLine } from "./dom.ts";
import { editable } from "./editing.ts";
import type { InterviewBook } from "./interview-book.ts";
import { metrics } from "./interview-metrics.ts";
import { nameOf } from "./interview-name.ts";
import { many, t } from "./language.ts";
import type { LiveRows } from "liverows";
import { momentsOf, player } from "./player.ts";
import { printCardOf } from "./print-one.ts";
import { jump, questionAddress, questionItem, scoreMark } from "./question.ts";
import { radar } from "./radar.ts";
import { actions, chip, failure, outdated, progress, removal, whileBusy } from "./row-status.ts";
import type { Interview, Remark } from "./rows.ts";
import { scoredBefore } from "./score-history.ts";
import { transcript } from "./transcript.ts";
import { warnings } from "./warnings.ts";

/** Among all the user's interviews, an earlier one of the same kind is compared. */
export function interviewCard(
  desk: Desk,
  live: LiveRows<Interview>,
  row: Interview,
  book: InterviewBook,
  changed: () => void,
): Content {
  const name = nameOf(row);
  const questions = book.questions(row);
  const length = row.interview_duration_seconds;
  const facts = [
    length ? clock(length) : null,
    row.interview_language?.toUpperCase(),
    questions.length > 0 && many("count.questions", questions.length),
  ];
  const print = (event: Event) => printCardOf(event, t("interview.printTitle", { name }));
  return html`
    <article class="card" data-row="${row.id}" aria-label="${name}">
      <div class="head">
        ${scoreMark(row.interview_score)}
        <div class="grow">
          <h2><a href="${rowAddress("interviews", row.id)}">${name}</a></h2>
          <p class="facts">${inLine(facts)}</p>
        </div>
        ${chip(row.processing_status)}
      </div>
      ${progress(row, name)} ${failure(row)} ${outdated(desk, live, row)} ${warnings(
        row.warnings,
      )}
      <details ?open="${book.isOpen(row)}" @toggle="${book.toggle(row)}">
        <summary>${t("interview.analysis")}</summary>
        ${book.isOpen(row) ? analysis(desk, row, book, live.view.rows, changed) : nothing}
      </details>
      <div class="actions">
        ${book.isOpen(row) && row.processing_status === "completed"
          ? html`
            <button type="button" class="quiet" @click="${print}">${t("row.print")}</button>
          `
          : nothing} ${actions(desk, live, row)} ${removal(desk, "timeline_items", row, name)}
      </div>
    </article>
  `;
}

function analysis(
  desk: Desk,
  row: Interview,
  book: InterviewBook,
  all: readonly Interview[],
  changed: () => void,
): Content {
  const summary = row.interview_summary;
  const questions = book.questions(row);
  const moment = momentsOf(row, book);
  return html`
    ${title(desk, row, changed)} ${player(row, book, nameOf(row))} ${summary?.overall
      ? html`
        <p class="lead">${summary.overall}</p>
      `
      : nothing}
    <div class="overview">
      ${dimensions(row, all)}
      <div>
        ${remarks(t("interview.strengths"), summary?.strengths, row.id)}
        ${remarks(t("interview.priorities"), summary?.priorities, row.id)}
      </div>
    </div>
    ${questions.length
      ? html`
        <h3>${t("interview.questions")}</h3>
        <ol class="questions">
          ${repeat(
            questions,
            ({ question_number }) => question_number,
            (question) => questionItem(row.id, question, moment, book),
          )}
        </ol>
      `
      : nothing} ${metrics(row.interview_metrics)} ${candidateChoice(desk, row)}
    ${row.interview_transcript?.length
      ? html`
        <h3>${t("interview.transcript")}</h3>
        ${transcript(row.interview_transcript, moment)}
      `
      : nothing}
  `;
}

function title(desk: Desk, row: Interview, changed: () => void): Content {
  const field = {
    key: `${row.id}.title`,
    column: "title",
    label: t("interview.name"),
    // Without a title of its own, the name that is shown is a start for one.
    value: nameOf(row),
    shown: nameOf(row),
    mine: false,
    save: (body: object) => call(desk, "PATCH", `timeline-items/${row.id}`, body),
    reset: () => Promise.resolve(),
  };
  return html`
    <dl class="fields rename">
      <dt>${t("interview.name")}</dt>
      <dd>${editable(desk, field, changed)}</dd>
    </dl>
  `;
}

/** The radar, with the interview of the same kind before this one as a dashed line. */
function dimensions(row: Interview, all: readonly Interview[]): Content {
  const before = scoredBefore(all, row);
  return html`
    <div>
      ${radar(row.interview_summary?.dimensions, before?.scores)} ${before
        ? html`
          <p class="small">${beforeNote(before.row)}</p>
        `
        : nothing}
    </div>
  `;
}

function beforeNote(row: Interview): string {
  return t("interview.before", { name: nameOf(row), date: day(row.created_at) });
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
              <a class="ref" href="${questionAddress(id, number)}" @click="${jump}">${t(
                "question.number",
                { number },
              )}</a>
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
      <summary>${t("interview.wrongRoles")}</summary>
      <form @submit="${choose}">
        <fieldset>
          <legend>${t("interview.candidate")}</legend>
          ${speakers.map((speaker) =>
            html`
              <label class="choice"><input
                  type="radio"
                  name="speaker"
                  value="${speaker}"
                  required
                  ?checked="${speaker === current}"
                /> ${t("interview.says", { words: first(speaker).slice(0, 90) })}</label>
            `
          )}
        </fieldset>
        <button type="submit">${t("interview.analyseAgain")}</button>
      </form>
    </details>
  `;
}
