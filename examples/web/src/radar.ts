/** The seven dimensions as a radar chart; a dimension without a score is a gap, not a zero. */
import { html, nothing, svg } from "lit-html";
import type { Content } from "./dom.ts";
import { type Dimension, DIMENSIONS, type Scores } from "./rows.ts";

const NAMES = Object.keys(DIMENSIONS) as Dimension[];
const RADIUS = 84;
const TOP = 10;

/** The point of an axis at this score. */
function at(axis: number, score: number): [number, number] {
  const angle = (2 * Math.PI * axis) / NAMES.length - Math.PI / 2;
  const reach = (RADIUS * score) / TOP;
  return [round(reach * Math.cos(angle)), round(reach * Math.sin(angle))];
}

const round = (value: number) => Math.round(value * 10) / 10;
const points = (corners: [number, number][]) => corners.map((corner) => corner.join()).join(" ");

export function radar(scores: Scores | undefined): Content {
  const known = NAMES.flatMap((name, axis) => {
    const score = scores?.[name];
    return typeof score === "number" ? [{ name, axis, score }] : [];
  });
  if (!known.length) return nothing;
  const described = NAMES.map((name) => `${DIMENSIONS[name]} ${scores?.[name] ?? "not scored"}`);
  return html`
    <svg class="radar" viewBox="-150 -112 300 224" role="img" aria-label="${described.join(", ")}">
      ${[2, 4, 6, 8, 10].map((ring) =>
        svg`<polygon class="ring" points="${points(NAMES.map((_, axis) => at(axis, ring)))}" />`
      )}
      ${NAMES.map((name, axis) => axisOf(name, axis, scores?.[name]))}
      <polygon class="area" points="${points(known.map(({ axis, score }) => at(axis, score)))}" />
      ${known.map(({ axis, score }) => {
        const [x, y] = at(axis, score);
        return svg`<circle class="dot" r="3" cx="${x}" cy="${y}" />`;
      })}
    </svg>
  `;
}

function axisOf(name: Dimension, axis: number, score: number | null | undefined) {
  const [x, y] = at(axis, TOP);
  const [labelX, labelY] = at(axis, TOP * 1.13);
  const anchor = Math.abs(labelX) < 12 ? "middle" : labelX > 0 ? "start" : "end";
  return svg`
    <line class="axis" x2="${x}" y2="${y}" />
    <text x="${labelX}" y="${labelY}" text-anchor="${anchor}" dominant-baseline="middle">
      ${DIMENSIONS[name]} <tspan class="value">${score ?? "–"}</tspan>
    </text>
  `;
}
