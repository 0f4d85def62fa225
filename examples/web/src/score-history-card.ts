/** How the seven dimensions moved over the interviews of one kind, from two interviews on. */
import { html, nothing, svg } from "lit-html";
import { type Content, day, type OpenSet } from "./dom.ts";
import { nameOf } from "./interview-name.ts";
import { radar } from "./radar.ts";
import { type Dimension, DIMENSIONS, type Interview } from "./rows.ts";
import { change, course, type History, historyOf, type Scored } from "./score-history.ts";

const WORDS = {
  heading: {
    INTERVIEW_ANALYSE: (count: number) => `Scores of your last ${count} recorded interviews`,
    MOCK_ANALYSE: (count: number) => `Scores of your last ${count} mock interviews`,
  },
  latest: "Latest",
  before: "The one before",
  dimension: "Dimension",
  overTime: "Over time",
  change: "Change",
  caption: "Mean score of each dimension, of 10, from the oldest interview to the latest",
  unscored: "not scored",
  partly: "partly scored",
  sameKind: "Only interviews of this kind, scored by the same rules, are compared.",
  others: (count: number) =>
    count === 1
      ? "One earlier interview was scored by other rules and is left out."
      : `${count} earlier interviews were scored by other rules and are left out.`,
  partial: "A hollow point: not all answers of that interview could be scored.",
  few: "Each interview asks other questions, so a difference of a point or less says little.",
};

/** The most interviews in one line. */
const MOST = 12;

export function scoreHistories(
  rows: readonly Interview[],
  open: OpenSet,
  changed: () => void,
): Content {
  const kinds = (["INTERVIEW_ANALYSE", "MOCK_ANALYSE"] as const)
    .map((type) => historyOf(rows, type))
    // With one interview there is nothing to compare.
    .filter(({ scored }) => scored.length > 1);
  return html`
    ${kinds.map((history) => card(history, open, changed))}
  `;
}

function card(whole: History, open: OpenSet, changed: () => void): Content {
  const history = { ...whole, scored: whole.scored.slice(-MOST) };
  const key = `history-${history.type}`;
  const heading = WORDS.heading[history.type](history.scored.length);
  return html`
    <section class="card history" aria-label="${heading}">
      <details ?open="${open.has(key)}" @toggle="${open.follow(key, changed)}">
        <summary><h2>${heading}</h2></summary>
        ${open.has(key) ? body(history) : nothing}
      </details>
    </section>
  `;
}

function body(history: History): Content {
  const [before, latest] = history.scored.slice(-2);
  const isPartial = history.scored.some(({ partial }) => partial);
  const notes = [
    WORDS.sameKind,
    history.others ? WORDS.others(history.others) : "",
    isPartial ? WORDS.partial : "",
    WORDS.few,
  ].filter(Boolean);
  return html`
    <div class="pair">${figure(WORDS.latest, latest)} ${figure(WORDS.before, before)}</div>
    <div class="courses" tabindex="0" role="group" aria-label="${WORDS.caption}">
      <table>
        <caption>${WORDS.caption}</caption>
        <thead>
          <tr>
            <th scope="col">${WORDS.dimension}</th>
            <th scope="col">${WORDS.overTime}</th>
            <th scope="col">${WORDS.latest}</th>
            <th scope="col">${WORDS.change}</th>
          </tr>
        </thead>
        <tbody>
          ${(Object.keys(DIMENSIONS) as Dimension[]).map((name) => courseRow(history, name))}
        </tbody>
      </table>
    </div>
    <p class="small">${notes.join(" ")}</p>
  `;
}

function figure(label: string, { row, scores, partial }: Scored): Content {
  return html`
    <figure>
      <figcaption><b>${label}</b> ${nameOf(row)}, ${day(row.created_at)}${partial
        ? ` (${WORDS.partly})`
        : ""}</figcaption>
      ${radar(scores)}
    </figure>
  `;
}

function courseRow(history: History, name: Dimension): Content {
  const scores = course(history, name);
  const moved = change(scores);
  const latest = scores.at(-1) ?? null;
  return html`
    <tr>
      <th scope="row">${DIMENSIONS[name]}</th>
      <td>${line(history.scored, scores)}</td>
      <td>${latest ?? html`
        <span class="unknown">${WORDS.unscored}</span>
      `}</td>
      <td>${moved === null ? "–" : signed(moved)}</td>
    </tr>
  `;
}

function signed(value: number): string {
  if (value === 0) return "0";
  return value > 0 ? `+${value}` : `−${Math.abs(value)}`;
}

const WIDTH = 120;
const HEIGHT = 44;
const EDGE = 5;

/** A small line over the interviews; it is broken where an interview has no score. */
function line(scored: readonly Scored[], scores: readonly (number | null)[]): Content {
  const step = (WIDTH - 2 * EDGE) / Math.max(1, scores.length - 1);
  const place = (score: number, index: number) =>
    [EDGE + index * step, HEIGHT - EDGE - ((HEIGHT - 2 * EDGE) * score) / 10]
      .map((value) => Math.round(value * 10) / 10);
  const told = scores.map((score, index) =>
    `${score ?? WORDS.unscored}${
      scored[index].partial && score !== null ? ` (${WORDS.partly})` : ""
    }`
  );
  const lines = scores.flatMap((score, index) => {
    const next = scores[index + 1];
    if (score === null || next === null || next === undefined) return [];
    return [`M${place(score, index).join()}L${place(next, index + 1).join()}`];
  });
  return html`
    <svg
      class="course"
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      role="img"
      aria-label="${told.join(", ")}"
    >
      ${svg`<path d="${lines.join("")}" />`} ${scores.map((score, index) => {
        if (score === null) return nothing;
        const [x, y] = place(score, index);
        const kind = scored[index].partial ? "partial" : "";
        return svg`<circle class="${kind}" r="3" cx="${x}" cy="${y}" />`;
      })}
    </svg>
  `;
}
