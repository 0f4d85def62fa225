/** One question of an interview: its scores, and the quotes that support them. */
import { html, nothing } from "lit-html";
import { ref } from "lit-html/directives/ref.js";
import { rowAddress } from "./address.ts";
import { type Content, wordOf } from "./dom.ts";
import { known, number, t } from "./language.ts";
import type { InterviewBook } from "./interview-book.ts";
import type { Moment } from "./player.ts";
import { DIMENSIONS, type Question } from "./rows.ts";

/** The address of a question: that of its interview, which is shown alone with the question open. */
export function questionAddress(item: string, number: number): string {
  return rowAddress("interviews", item, `question=${number}`);
}

/** Goes to a question of the same card; the address follows if the card stands alone. */
export function jump(event: Event): void {
  event.preventDefault();
  const { hash } = event.currentTarget as HTMLAnchorElement;
  const [row, query] = hash.split("?");
  const card = (event.currentTarget as HTMLElement).closest("article");
  const number = new URLSearchParams(query).get("question") ?? "";
  const place = card?.querySelector<HTMLElement>(`[data-question="${CSS.escape(number)}"]`);
  if (!(place instanceof HTMLDetailsElement)) return;
  if (location.hash.split("?")[0] === row) history.replaceState(null, "", hash);
  goTo(place);
}

/** Opens a question, and gives it the focus. */
export function goTo(question: HTMLDetailsElement): void {
  question.open = true;
  question.scrollIntoView({ block: "start" });
  question.querySelector("summary")?.focus({ preventScroll: true });
}

/** How good a score is: from 8 excellent, from 6 good, from 4 fair. */
function grade(score: number): "excellent" | "good" | "fair" | "weak" {
  if (score >= 8) return "excellent";
  if (score >= 6) return "good";
  return score >= 4 ? "fair" : "weak";
}

export function scoreMark(score: number | null | undefined): Content {
  if (typeof score !== "number") {
    return html`
      <span class="score none" aria-label="${t("question.noScore")}">–</span>
    `;
  }
  const kind = grade(score);
  const said = t("question.scoreOf", { score, grade: t(`grade.${kind}`) });
  return html`
    <span class="score ${kind}" role="img"
      aria-label="${said}">${number(score)}</span>
  `;
}

/** The time stands before the `<details>`: a summary must not hold another button. */
export function questionItem(
  item: string,
  question: Question,
  moment: Moment,
  book: InterviewBook,
): Content {
  const { question_number, question_title, question_text, question_type } = question;
  const type = question_type ? wordOf("questionType", question_type) : "";
  const about = [type, unscored(question)].filter(Boolean);
  return html`
    <li>
      ${moment(question.question_start_second, t("player.question", { number: question_number }))}
      <details
        class="question"
        data-question="${question_number}"
        ${ref(book.isAsked(item, question_number) ? book.arrive : undefined)}
      >
        <summary>
          ${scoreMark(question.score)}
          <span class="grow"><b>${t("question.number", {
            number: question_number,
          })}</b> ${question_title ?? question_text}
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
        <p class="small permalink"><a href="${questionAddress(item, question_number)}">${t(
          "question.link",
        )}</a></p>
      </details>
    </li>
  `;
}

function unscored({ scoring_status, scoring_reason }: Question): string {
  if (scoring_status === "scored") return "";
  const state = known(`question.${scoring_status}`) ?? t("question.skipped");
  if (!scoring_reason || scoring_status === "pending") return state;
  return t("question.because", { state, reason: reasonOf(scoring_reason) });
}

/** "over_limit" → "over limit", in the language of the page. */
function reasonOf(code: string): string {
  return known(`reason.${code}`) ?? code.replaceAll("_", " ");
}

function scores(question: Question, moment: Moment): Content {
  if (DIMENSIONS.every((name) => typeof question[name] !== "number")) return nothing;
  return html`
    <dl class="scores">
      ${DIMENSIONS.map((name) => {
        const score = question[name];
        return html`
          <dt>${t(`dimension.${name}`)}</dt>
          <dd>
            ${typeof score === "number"
              ? html`
                <meter min="0" max="10" value="${score}">${t("question.outOf", {
                  score,
                })}</meter> <b>${number(score)}</b>
              `
              : html`
                <span class="unknown">${question.evidence?.[name]
                  ? t("question.notProven")
                  : t("question.notApplicable")}</span>
              `} ${question.evidence?.[name]?.map((quote) =>
                html`
                  <blockquote class="${quote.supports ?? ""}"><q>${quote.quote}</q> ${moment(
                    quote.start,
                    t("player.quote"),
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
    <h4>${t("question.improve")}</h4>
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
    <h4>${t("question.answer")} ${moment(answer_start_second, t("player.answer"))}</h4>
    <p class="answer">${answer_text}</p>
  `;
}
