import { test } from "node:test";
import assert from "node:assert/strict";
import { ActionRefused } from "liverows";
import { type Desk, Refusal } from "../src/desk.ts";
import { useLanguage } from "../src/language.ts";
import type { ProcessingError, ProcessingRow, Status } from "../src/rows.ts";
import {
  actions,
  failure,
  outdated,
  progress,
  type RowActions,
  whileBusy,
} from "../src/row-status.ts";

const desk = {} as Desk;
const live = {} as RowActions;

/** The markup of a template with the texts in it. */
function markup(content: unknown): string {
  if (typeof content === "string") return content;
  if (typeof content !== "object" || content === null) return "";
  const { strings, values } = content as { strings: string[]; values: unknown[] };
  return strings.map((text, at) => text + markup(values[at])).join("");
}

function row(status: Status, more: Partial<ProcessingRow> = {}): ProcessingRow {
  return { id: "1", processing_status: status, processing_error: null, ...more } as ProcessingRow;
}

function failed(error: Partial<ProcessingError>): ProcessingRow {
  const processing_error = { code: "x", message: "It failed.", retryable: false, ...error };
  return row("failed", { processing_error });
}

function shown(status: Status, changed: string[] | null): string {
  return markup(outdated(desk, live, row(status, { processing_outdated: changed })));
}

test("a row that waits until another day names the day, and else only the time", async () => {
  const realNow = Date.now;
  Date.now = () => new Date(2027, 0, 31, 12).getTime();
  try {
    const until = (day: number, hour: number) => {
      const due = new Date(2027, 0, day, hour, 5);
      return markup(progress(row("pending", { processing_not_before: due.toISOString() }), "x"));
    };
    assert.match(until(31, 23), /<span>Tries again at 11:05\sPM<\/span>/);
    assert.match(until(32, 1), /<span>Tries again on Feb 1, 01:05\sAM<\/span>/);
    await useLanguage("de");
    assert.match(until(31, 23), /<span>Neuer Versuch um 23:05<\/span>/);
    assert.match(until(32, 1), /<span>Neuer Versuch am 1\. Feb\., 01:05<\/span>/);
  } finally {
    Date.now = realNow;
    await useLanguage("en");
  }
});

test("a result of an earlier input says so, with a button to run again", () => {
  const said = shown("completed", ["raw_job_description"]);
  assert.match(said, /What was asked has changed since this was made/);
  assert.match(said, /<button[^]*Run again/);
});

test("nothing is said of a result that is of the present input, or not there yet", () => {
  assert.equal(shown("completed", []), "");
  assert.equal(shown("completed", null), "");
  assert.equal(shown("processing", ["raw_job_description"]), "");
  assert.equal(shown("failed", ["raw_job_description"]), "");
});

test("a failure is said in the language of the page, and without its code", async () => {
  const silent = failed({ code: "audio_silent", message: "Nothing can be heard." });
  assert.match(markup(failure(silent)), /Nothing can be heard in the recording\. Upload another/);
  await useLanguage("de");
  try {
    assert.match(markup(failure(silent)), /In der Aufnahme ist nichts zu hören\./);
    assert.doesNotMatch(markup(failure(silent)), /audio_silent|<code>/);
  } finally {
    await useLanguage("en");
  }
});

test("an error that the page does not know is said in the words of its row", () => {
  const said = markup(failure(failed({ code: "of_another_app", message: "The press is jammed." })));
  assert.match(said, /The press is jammed\./);
});

test("another try is offered where it can help, and only there", () => {
  const offered = (one: ProcessingRow) => /Try again/.test(markup(actions(desk, live, one)));
  assert.ok(offered(failed({ retryable: true })));
  assert.ok(offered(row("cancelled")));
  // Tomorrow the same works.
  assert.ok(offered(failed({ code: "transcriptions_spent", params: { times: 3 } })));
  // A service out of credit fails for good, and works again once somebody has paid.
  assert.ok(offered(failed({ code: "provider_error" })));
  assert.ok(!offered(failed({ code: "provider_not_configured", params: { kind: "speech" } })));
  assert.ok(!offered(failed({ code: "audio_silent" })));
  // The worker tried it again and failed in the same way each time.
  assert.ok(!offered(failed({ code: "reader_crashed", retryable: true })));
  assert.ok(!offered(failed({ code: "worker_crashed", retryable: false })));
  assert.ok(!offered(row("completed")));
});

test("what went wrong with an action is said, also if there was no answer", async () => {
  const said: string[] = [];
  const alert = (sentence: string) => void said.push(sentence);
  const click = () => ({ detail: 1, currentTarget: {} }) as unknown as Event;
  const act = (error: Error) => whileBusy(click(), { alert } as Desk, () => Promise.reject(error));
  await act(new Refusal("Not now."));
  await act(new ActionRefused("No answer in time."));
  assert.deepEqual(said.map((one) => one.slice(0, 30)), [
    "Not now.",
    "The server did not answer in t",
  ]);
  await assert.rejects(act(new TypeError("a mistake of the page")), TypeError);
});
