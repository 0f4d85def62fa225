/** The seven dimensions as a radar chart; a dimension without a score is a gap, not a zero. */
import { html, nothing, svg } from "lit-html";
import type { Content } from "./dom.ts";
import { number, t } from "./language.ts";
import { type Dimension, DIMENSIONS, type Scores } from "./rows.ts";

const RADIUS = 84;
const TOP = 10;

/** The point of an axis at this score. */
function at(axis: number, score: number): [number, number] {
  const angle = (2 * Math.PI * axis) / DIMENSIONS.length - Math.PI / 2;
  const reach = (RADIUS * score) / TOP;
  return [round(reach * Math.cos(angle)), round(reach * Math.sin(angle))];
}

const round = (value: number) => Math.round(value * 10) / 10;
const points = (corners: [number, number][]) => corners.map((corner) => corner.join()).join(" ");

/** Whether at least one dimension has a score. */
export function isScored(scores: Scores | undefined): scores is Scores {
  return DIMENSIONS.some((name) => typeof scores?.[name] === "number");
}

/** The chart of these scores, and those of an earlier interview as a dashed line behind them. */
export function radar(scores: Scores | undefined, earlier?: Scores): Content {
  if (!isScored(scores)) return nothing;
  const label = earlier
    ? `${described(scores)}. ${t("radar.before", { scores: described(earlier) })}`
    : described(scores);
  return html`
    <svg class="radar" viewBox="-158 -122 316 240" role="img" aria-label="${label}">
      ${[2, 4, 6, 8, 10].map((ring) =>
        svg`<polygon class="ring" points="${
          points(DIMENSIONS.map((_, axis) => at(axis, ring)))
        }" />`
      )}
      ${DIMENSIONS.map((name, axis) => axisOf(name, axis, scores[name]))}
      ${earlier ? shape(earlier, "earlier") : nothing} ${shape(scores, "latest")}
    </svg>
  `;
}

function described(scores: Scores): string {
  return DIMENSIONS.map((name) => `${t(`dimension.${name}`)} ${written(scores[name])}`).join(", ");
}

function written(score: number | null | undefined): string {
  return typeof score === "number" ? number(score) : t("radar.unscored");
}

/** Lines between neighbouring scores; where one has no score, the line is broken. */
function shape(scores: Scores, kind: "latest" | "earlier") {
  const known = DIMENSIONS.map((name, axis) => {
    const score = scores[name];
    return typeof score === "number" ? at(axis, score) : null;
  });
  const corners = known.filter((corner) => corner !== null);
  const lines = known.flatMap((from, axis) => {
    const to = known[(axis + 1) % known.length];
    return from && to ? [`M${from.join()}L${to.join()}`] : [];
  });
  return svg`
    <g class="${kind}">
      ${corners.length === DIMENSIONS.length
        ? svg`<polygon class="area" points="${points(corners)}" />`
        : svg`<path class="line" d="${lines.join("")}" />`}
      ${corners.map(([x, y]) => svg`<circle class="dot" r="3" cx="${x}" cy="${y}" />`)}
    </g>
  `;
}

function axisOf(name: Dimension, axis: number, score: number | null | undefined) {
  const [x, y] = at(axis, TOP);
  const [labelX, labelY] = at(axis, TOP * 1.16);
  const anchor = Math.abs(labelX) < 12 ? "middle" : labelX > 0 ? "start" : "end";
  return svg`
    <line class="axis" x2="${x}" y2="${y}" />
    <text text-anchor="${anchor}" dominant-baseline="middle">
      <tspan x="${labelX}" y="${labelY}" dy="-0.55em">${t(`dimension.${name}`)}</tspan>
      <tspan x="${labelX}" dy="1.15em" class="value">${typeof score === "number"
        ? number(score)
        : "–"}</tspan>
    </text>
  `;
}
