/** How the seven dimensions moved over the interviews of one kind, from two interviews on. */
import { html, nothing, svg } from "lit-html";
import { type Content, day, type OpenSet } from "./dom.ts";
import { nameOf } from "./interview-name.ts";
import { many, number, t } from "./language.ts";
import { radar } from "./radar.ts";
import { type Dimension, DIMENSIONS, type Interview } from "./rows.ts";
import { change, course, type History, historyOf, type Scored } from "./score-history.ts";

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
  const heading = t(`scores.${history.type}`, { count: history.scored.length });
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
    t("scores.sameKind"),
    history.others ? many("scores.others", history.others) : "",
    isPartial ? t("scores.hollow") : "",
    t("scores.few"),
  ].filter(Boolean);
  return html`
    <div class="pair">${figure(t("scores.latest"), latest)} ${figure(
      t("scores.before"),
      before,
    )}</div>
    <div class="courses" tabindex="0" role="group" aria-label="${t("scores.caption")}">
      <table>
        <caption>${t("scores.caption")}</caption>
        <thead>
          <tr>
            <th scope="col">${t("scores.dimension")}</th>
            <th scope="col">${t("scores.overTime")}</th>
            <th scope="col">${t("scores.latest")}</th>
            <th scope="col">${t("scores.change")}</th>
          </tr>
        </thead>
        <tbody>
          ${DIMENSIONS.map((name) => courseRow(history, name))}
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
        ? ` (${t("scores.partly")})`
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
      <th scope="row">${t(`dimension.${name}`)}</th>
      <td>${line(history.scored, scores)}</td>
      <td>${latest === null
        ? html`
          <span class="unknown">${t("radar.unscored")}</span>
        `
        : number(latest)}</td>
      <td>${moved === null ? "–" : signed(moved)}</td>
    </tr>
  `;
}

function signed(value: number): string {
  return number(value, { signDisplay: "exceptZero" }).replace("-", "−");
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
    `${score === null ? t("radar.unscored") : number(score)}${
      scored[index].partial && score !== null ? ` (${t("scores.partly")})` : ""
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
