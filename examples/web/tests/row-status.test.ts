import { test } from "node:test";
import assert from "node:assert/strict";
import type { Desk } from "../src/desk.ts";
import type { ProcessingRow, Status } from "../src/rows.ts";
import { outdated } from "../src/row-status.ts";

const desk = {} as Desk;

function shown(status: Status, changed: string[] | null): string {
  const row = { id: "1", processing_status: status, processing_outdated: changed };
  const content = outdated(desk, "job_positions", row as ProcessingRow);
  return typeof content === "symbol"
    ? ""
    : (content as unknown as { strings: string[] }).strings.join("");
}

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
