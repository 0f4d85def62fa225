/** A project that allows only private channels, as the real client sees it. */
import assert from "node:assert/strict";
import { liveRows } from "../src/index.ts";
import { advance, installClock } from "./clock.ts";
import { change, OWNER, passRefusal, privateStand, tokenOf, topicOf } from "./private-stand.ts";
import type { Row } from "./stand.ts";
import { example, job, readsSince, running, titles, until } from "./watching.ts";

installClock();

function privately(name: string, run: Parameters<typeof example>[1], rows?: Row[]): void {
  const signedIn = () => privateStand(() => Promise.resolve(tokenOf(OWNER)));
  const runJoined: typeof run = async (stand, live) => {
    await passRefusal(stand);
    await until(live, () => live.view.link === "live");
    await run(stand, live);
  };
  example(name, runJoined, rows, {}, signedIn, null);
}

privately("rows that the owner is told of are read, and deleted ones go", async (stand, live) => {
  assert.deepEqual(stand.topics(), [topicOf(OWNER)]);
  const before = stand.reads.length;
  change(stand, job(1, 1, "changed"));
  change(stand, job(2));
  await until(live, () => titles(live).join() === "changed,job 2");
  assert.equal(stand.reads.length, before + 1);
  stand.rows.delete(job(1).id);
  stand.tell({ table: "public.jobs", rows: [{ id: job(1).id, deleted: true }] });
  await until(live, () => titles(live).join() === "job 2");
});

privately("what is told of another table is not read", async (stand, live) => {
  const before = stand.reads.length;
  change(stand, job(3), "public.others");
  change(stand, job(2));
  await until(live, () => live.view.rows.length === 2);
  assert.equal(stand.reads.at(before)!.searchParams.get("id"), `in.(${job(2).id})`);
});

privately("rows too many to name are all read", async (stand, live) => {
  for (let number = 2; number <= 600; number++) stand.write(job(number));
  stand.tell({ table: "public.jobs", rows: null });
  await until(live, () => live.view.rows.length === 600);
});

privately("what happened before the server reads the database is read then", async (
  stand,
  live,
) => {
  stand.write(job(1, 1, "changed meanwhile"));
  stand.listens();
  await until(live, () => titles(live).join() === "changed meanwhile");
});

privately("all live rows of a client share the channel, and the last one leaves it", async (
  stand,
  live,
) => {
  const joins = stand.joins.length;
  const second = liveRows<Row>(stand.client, { table: "jobs" });
  await until(second, () => second.view.link === "live");
  assert.equal(stand.joins.length, joins);
  live.close();
  change(stand, job(2));
  await until(second, () => second.view.rows.length === 2);
  second.close();
  await stand.left(topicOf(OWNER));
  const third = liveRows<Row>(stand.client, { table: "jobs" });
  await until(third, () => third.view.link === "live");
  assert.equal(stand.joins.length, joins + 1);
  change(stand, job(3));
  await until(third, () => third.view.rows.length === 3);
  third.close();
});

privately("a topic that the server has closed is joined anew", async (stand, live) => {
  stand.closeChannels();
  await until(live, () => live.view.link === "reconnecting");
  stand.write(job(1, 1, "changed meanwhile"));
  advance(2_000);
  await until(live, () => live.view.link === "live");
  change(stand, job(2));
  await until(live, () => titles(live).join() === "changed meanwhile,job 2");
});

privately("rows are shown however fast messages come that name none", async (stand, live) => {
  stand.held = [];
  stand.write(job(2));
  const tooMany = { table: "public.jobs", rows: null };
  const asked = stand.nextRead();
  stand.tell(tooMany);
  await readsSince(stand, 0);
  advance(60);
  await asked;
  for (let count = 0; count < 5; count++) {
    stand.tell(tooMany);
    await readsSince(stand, 0);
    advance(60);
    await readsSince(stand, 0);
  }
  const read = stand.nextRead();
  stand.answerNext(); // which row is new
  await read;
  stand.answerNext();
  await until(live, () => live.view.rows.length === 2);
  assert.ok(stand.held.length <= 1);
});

privately("a change that is told while a check reads it is not missed", async (stand, live) => {
  const links = new Set<string>();
  live.subscribe(() => links.add(live.view.link));
  stand.held = [];
  const asked = stand.nextRead();
  advance(28_000);
  await asked;
  change(stand, running(1, 2));
  await readsSince(stand, 0);
  const again = stand.nextRead();
  stand.answerNext();
  advance(60);
  await again;
  stand.answerNext();
  await readsSince(stand, 0);
  advance(2_000);
  await readsSince(stand, 0);
  assert.deepEqual([...links], ["live"]);
}, [running(1)]);
