/** A row that waits for longer than a timer can count. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Progress, useProgress } from "../src/react.ts";
import { advance, installClock } from "./clock.ts";
import { mount } from "./mounted.ts";

const DAY_MS = 86_400_000;

test("a row that waits for a hundred days is drawn again when they have passed", async () => {
  const { error } = console;
  console.error = () => {}; // react-test-renderer calls itself deprecated
  installClock();
  const processing_not_before = new Date(Date.now() + 100 * DAY_MS).toISOString();
  const row = { processing_status: "pending", processing_not_before } as const;
  const mounted = await mount<Progress>(() => useProgress(row));
  assert.equal(mounted.answer.waiting?.for, "time");
  for (let day = 0; day < 99; day += 9) advance(9 * DAY_MS);
  assert.equal(mounted.answer.waiting?.for, "time");
  advance(2 * DAY_MS);
  await mounted.until(() => mounted.answer.waiting?.for === "worker");
  mounted.unmount();
  console.error = error;
});
