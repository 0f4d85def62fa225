/** The numbers of an interview that are computed without a model. */
import { html, nothing } from "lit-html";
import type { Content } from "./dom.ts";
import { type Key, number, percent, t } from "./language.ts";

type Metrics = Record<string, unknown>;

const tenths = (value: number) => number(value, { maximumFractionDigits: 1 });
const seconds = (value: number) => `${tenths(value)} s`;

/** For each number: its path in the metrics, the key of its label, and how to format it. */
const SHOWN: [string, Key, (value: number) => string][] = [
  ["talk_share.candidate", "metrics.talkShare", percent],
  ["wpm", "metrics.wpm", tenths],
  ["fillers_per_min", "metrics.fillers", tenths],
  ["median_latency_s", "metrics.latency", seconds],
  ["longest_answer_s", "metrics.longest", seconds],
  ["interruptions.candidate", "metrics.interruptions", tenths],
  ["silence_share", "metrics.silence", percent],
  ["questions.asked", "metrics.asked", tenths],
  ["questions.scored", "metrics.scored", tenths],
];

export function metrics(values: Metrics | null): Content {
  const known = SHOWN.flatMap(([path, label, write]) => {
    const value = path.split(".").reduce<unknown>((at, key) => (at as Metrics)?.[key], values);
    return typeof value === "number" ? [{ path, label, text: write(value) }] : [];
  });
  if (!known.length) return nothing;
  return html`
    <h3>${t("metrics.heading")}</h3>
    <dl class="metrics">
      ${known.map(({ path, label, text }) =>
        html`
          <div>
            <dt>${t(label)}</dt>
            <dd>${text}${unsure(path, values) ? "?" : ""}</dd>
          </div>
        `
      )}
    </dl>
  `;
}

/** Whether a count of filler sounds is too low, because the speech service may leave them out. */
function unsure(path: string, values: Metrics | null): boolean {
  return path === "fillers_per_min" && values?.fillers_reliable === false;
}
