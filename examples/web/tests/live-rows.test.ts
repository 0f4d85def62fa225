import { test } from "node:test";
import assert from "node:assert/strict";
import { type LiveRows, liveRows } from "../src/live-rows.ts";
import { type Row, Stand } from "./stand.ts";

const DEADLINE_MS = 10_000;

function job(number: number, second = 0, title = `job ${number}`): Row {
  const id = `3f0c0f5e-8a8f-4f9a-9d2e-${String(number).padStart(12, "0")}`;
  return { id, title, updated_at: new Date(Date.UTC(2026, 10, 21, 10, 0, second)).toISOString() };
}

/** Waits until the condition holds; looks each time that the rows change. */
async function until(live: LiveRows<Row>, condition: () => boolean): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await new Promise<void>((resolve, reject) => {
    timer = setTimeout(() => reject(new Error("not in time")), DEADLINE_MS);
    const look = () => condition() && resolve();
    live.subscribe(look);
    look();
  });
  clearTimeout(timer);
}

function example(
  name: string,
  run: (stand: Stand, live: LiveRows<Row>) => Promise<void>,
  rows = 1,
) {
  test(name, async () => {
    const stand = new Stand();
    for (let number = 1; number <= rows; number++) stand.write(job(number));
    const live = liveRows<Row>(stand.client, { table: "jobs" });
    try {
      await until(live, () => live.view.link === "live");
      await run(stand, live);
    } finally {
      live.close();
      await stand.close();
    }
  });
}

const titles = (live: LiveRows<Row>) => live.view.rows.map(({ title }) => title);

example("the subscription waits for the server to listen, and the rows are read after it", async (
  stand,
  live,
) => {
  const config = stand.joins[0].payload.config as Record<string, unknown>;
  assert.deepEqual(config.postgres_changes_options, { wait: true });
  assert.deepEqual(titles(live), ["job 1"]);
  assert.equal(stand.reads.length, 2);
  await Promise.resolve();
});

example("changes arrive over the socket alone", async (stand, live) => {
  const before = stand.reads.length;
  stand.write(job(2), "INSERT");
  stand.write(job(1, 1, "changed"), "UPDATE");
  await until(live, () => titles(live).join() === "changed,job 2");
  stand.rows.delete(job(1).id);
  stand.emit("DELETE", { id: job(1).id });
  await until(live, () => titles(live).join() === "job 2");
  assert.equal(stand.reads.length, before);
});

example("what happened while the socket was gone is there when it is back", async (stand, live) => {
  stand.drop();
  await until(live, () => live.view.link === "reconnecting");
  assert.deepEqual(titles(live), ["job 1"]);
  stand.write(job(1, 1, "changed meanwhile"));
  stand.write(job(2));
  await until(live, () => live.view.link === "live");
  assert.deepEqual(titles(live), ["changed meanwhile", "job 2"]);
});

example("a channel that the server has closed is joined anew", async (stand, live) => {
  stand.closeChannels();
  await until(live, () => live.view.link === "reconnecting");
  stand.write(job(1, 1, "changed meanwhile"));
  await until(live, () => live.view.link === "live");
  assert.deepEqual(titles(live), ["changed meanwhile"]);
  assert.equal(new Set(stand.joins.map(({ topic }) => topic)).size, 2);
});

example("a row too large for its event is read", async (stand, live) => {
  const large = job(1, 1, "large");
  stand.write(large, "UPDATE", { id: large.id }, ["Error 413: Payload Too Large"]);
  await until(live, () => titles(live).join() === "large");
  assert.equal(stand.reads.at(-1)!.searchParams.get("id"), `in.(${large.id})`);
});

example("changed rows that are not known are read in one request", async (stand, live) => {
  const before = stand.reads.length;
  for (let number = 2; number <= 60; number++) stand.rows.set(job(number).id, job(number));
  for (let number = 2; number <= 60; number++) stand.emit("UPDATE", job(number));
  await until(live, () => live.view.rows.length === 60);
  assert.equal(stand.reads.length, before + 1);
});

example("more rows than one answer holds are read in pages", async (_stand, live) => {
  assert.equal(live.view.rows.length, 2500);
  await Promise.resolve();
}, 2500);

example("a read that failed is tried again", async (stand, live) => {
  stand.failing = 1;
  stand.write(job(2));
  stand.drop();
  await until(live, () => live.view.rows.length === 2);
});
