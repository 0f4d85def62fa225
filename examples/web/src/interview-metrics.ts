/** The numbers of an interview that are computed without a model. */
import { html, nothing } from "lit-html";
import type { Content } from "./dom.ts";

type Metrics = Record<string, unknown>;

const percent = (share: number) => `${Math.round(share * 100)} %`;
const seconds = (value: number) => `${Math.round(value * 10) / 10} s`;
const plain = (value: number) => String(Math.round(value * 10) / 10);

/** For each number: its path in the metrics, its label, and how to format it. */
const SHOWN: [string, string, (value: number) => string][] = [
  ["talk_share.candidate", "Your share of talk", percent],
  ["wpm", "Words per minute", plain],
  ["fillers_per_min", "Fillers per minute", plain],
  ["median_latency_s", "Time to answer, median", seconds],
  ["longest_answer_s", "Longest answer", seconds],
  ["interruptions.candidate", "Interruptions by you", plain],
  ["silence_share", "Silence", percent],
  ["questions.asked", "Questions asked", plain],
  ["questions.scored", "Questions scored", plain],
];

export function metrics(values: Metrics | null): Content {
  const known = SHOWN.flatMap(([path, label, write]) => {
    const value = path.split(".").reduce<unknown>((at, key) => (at as Metrics)?.[key], values);
    return typeof value === "number" ? [{ path, label, text: write(value) }] : [];
  });
  if (!known.length) return nothing;
  return html`
    <h3>In numbers</h3>
    <dl class="metrics">
      ${known.map(({ path, label, text }) =>
        html`
          <div>
            <dt>${label}</dt>
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
