/** One question of an interview: its scores, and the quotes that support them. */
import { html, nothing } from "lit-html";
import { type Content, words } from "./dom.ts";
import type { Moment } from "./player.ts";
import { type Dimension, DIMENSIONS, type Question } from "./rows.ts";

const TYPES: Record<string, string> = {
  BEHAVIORAL: "Behavioural",
  TECHNICAL: "Technical",
  BACKGROUND_EXPERIENCE: "Background",
  GREETING_OR_CHIT_CHAT: "Small talk",
};

/** The word and colour for a score: from 8 excellent, from 6 good, from 4 fair. */
function grade(score: number): [string, string] {
  if (score >= 8) return ["excellent", "excellent"];
  if (score >= 6) return ["good", "good"];
  return score >= 4 ? ["fair", "fair"] : ["weak", "needs work"];
}

export function scoreMark(score: number | null | undefined): Content {
  if (typeof score !== "number") {
    return html`
      <span class="score none" aria-label="No score">–</span>
    `;
  }
  const [kind, word] = grade(score);
  return html`
    <span class="score ${kind}" role="img"
      aria-label="${score} of 10, ${word}">${score}</span>
  `;
}

/** The time stands before the `<details>`: a summary must not hold another button. */
export function questionItem(item: string, question: Question, moment: Moment): Content {
  const { question_number: number, question_title, question_text, question_type } = question;
  const type = question_type ? TYPES[question_type] ?? words(question_type) : "";
  const about = [type, unscored(question)].filter(Boolean);
  return html`
    <li>
      ${moment(question.question_start_second, `question ${number}`)}
      <details class="question" id="${item}-q${number}">
        <summary>
          ${scoreMark(question.score)}
          <span class="grow"><b>Q${number}</b> ${question_title ?? question_text}
            <small>${about.join(" · ")}</small></span>
        </summary>
        ${question.feedback
          ? html`
            <p>${question.feedback}</p>
          `
          : nothing} ${scores(question, moment)} ${improvements(question)} ${answer(
            question,
            moment,
          )}
      </details>
    </li>
  `;
}

function unscored({ scoring_status, scoring_reason }: Question): string {
  if (scoring_status === "scored") return "";
  if (scoring_status === "pending") return "being scored";
  const reason = scoring_reason ? `: ${words(scoring_reason).toLowerCase()}` : "";
  return scoring_status === "failed" ? `scoring failed${reason}` : `not scored${reason}`;
}

function scores(question: Question, moment: Moment): Content {
  const names = Object.keys(DIMENSIONS) as Dimension[];
  if (names.every((name) => typeof question[name] !== "number")) return nothing;
  return html`
    <dl class="scores">
      ${names.map((name) => {
        const score = question[name];
        return html`
          <dt>${DIMENSIONS[name]}</dt>
          <dd>
            ${typeof score === "number"
              ? html`
                <meter min="0" max="10" value="${score}">${score} of 10</meter> <b>${score}</b>
              `
              : html`
                <span class="unknown">${question.evidence?.[name]
                  ? "not proven"
                  : "not applicable"}</span>
              `} ${question.evidence?.[name]?.map((quote) =>
                html`
                  <blockquote class="${quote.supports ?? ""}">${quote.quote} ${moment(
                    quote.start,
                    "this quote",
                  )}</blockquote>
                `
              )}
          </dd>
        `;
      })}
    </dl>
  `;
}

function improvements({ improvements: list }: Question): Content {
  if (!list?.length) return nothing;
  return html`
    <h4>To do better</h4>
    <ul>
      ${list.map(({ text }) =>
        html`
          <li>${text}</li>
        `
      )}
    </ul>
  `;
}

function answer({ answer_text, answer_start_second }: Question, moment: Moment): Content {
  if (!answer_text) return nothing;
  return html`
    <h4>The answer ${moment(answer_start_second, "the answer")}</h4>
    <p class="answer">${answer_text}</p>
  `;
}
