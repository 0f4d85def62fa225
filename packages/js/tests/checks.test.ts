/** Every event is lost here: what the rows on screen become all the same. */
import assert from "node:assert/strict";
import { advance, installClock } from "./clock.ts";
import {
  completed,
  example,
  job,
  readsSince,
  running,
  titles,
  until,
  withVisibility,
} from "./watching.ts";

installClock();

const AGAIN_MS = 28_000;
const MINUTE_MS = 60_000;

example("rows that are not final are right within 30 s, and only these are read", async (
  stand,
  live,
) => {
  const before = stand.reads.length;
  for (const number of [1, 2]) stand.write(completed(number, 9));
  advance(AGAIN_MS);
  await until(live, () => titles(live).join() === "result 1,result 2,result 3");
  const [read, ...others] = await readsSince(stand, before);
  assert.equal(read.get("id"), `in.(${job(1).id},${job(2).id})`);
  assert.deepEqual(others, []);
}, [running(1), running(2), completed(3)]);

example("while all rows are final none is read again, and once a minute one read asks", async (
  stand,
) => {
  const before = stand.reads.length;
  advance(AGAIN_MS);
  assert.deepEqual(await readsSince(stand, before), []);
  advance(AGAIN_MS);
  assert.deepEqual(await readsSince(stand, before), []);
  advance(MINUTE_MS - 2 * AGAIN_MS);
  const reads = await readsSince(stand, before);
  assert.deepEqual(reads.map((read) => read.get("select")), ["id,updated_at"]);
}, [completed(1), completed(2)]);

example("a row that is new, and a final one that changed, are there after a minute", async (
  stand,
  live,
) => {
  stand.write(completed(1, 40, "edited"));
  stand.write(running(2, 41));
  advance(MINUTE_MS);
  await until(live, () => titles(live).join() === "edited,job 2");
}, [completed(1)]);

example("a row whose transaction committed late is not overlooked", async (stand, live) => {
  stand.write(running(3, 20));
  advance(MINUTE_MS);
  await until(live, () => live.view.rows.length === 3);
}, [completed(1), completed(2, 30)]);

example("more new rows than one answer holds are all read", async (stand, live) => {
  for (let number = 2; number <= 2100; number++) stand.write(completed(number, 1));
  advance(MINUTE_MS);
  await until(live, () => live.view.rows.length === 2100);
}, [completed(1)]);

example("an empty list is asked for too", async (stand, live) => {
  stand.write(running(1));
  advance(MINUTE_MS);
  await until(live, () => live.view.rows.length === 1);
}, []);

example("a row whose end was lost is not taken for one that runs", async (stand, live) => {
  stand.rows.delete(job(1).id);
  advance(AGAIN_MS);
  await until(live, () => live.view.rows.length === 0);
}, [running(1)]);

example("a final row whose deletion was lost is gone after a minute", async (stand, live) => {
  stand.rows.delete(job(1).id);
  advance(MINUTE_MS);
  await until(live, () => titles(live).join() === "result 2");
}, [completed(1), completed(2)]);

example(
  "of a list with more than 100 rows it is gone after ten minutes",
  async (stand, live) => {
    stand.rows.delete(job(1).id);
    advance(MINUTE_MS);
    const [asked] = (await readsSince(stand, 0)).slice(-1);
    assert.ok(asked.has("updated_at"));
    assert.equal(live.view.rows.length, 101);
    advance(9 * MINUTE_MS);
    await until(live, () => live.view.rows.length === 100);
  },
  Array.from({ length: 101 }, (_, index) => completed(index + 1)),
);

for (const moment of ["focus", "online", "visibilitychange"]) {
  example(`at ${moment} the page is right at once`, async (stand, live) => {
    stand.write(completed(1, 1));
    stand.write(running(2, 1));
    globalThis.dispatchEvent(new Event(moment));
    await until(live, () => titles(live).join() === "result 1,job 2");
  }, [running(1)]);
}

example("a hidden page asks nothing, and is right when it is shown", async (stand, live) => {
  const before = stand.reads.length;
  await withVisibility("hidden", async () => {
    stand.write(completed(1, 1));
    globalThis.dispatchEvent(new Event("visibilitychange"));
    for (let minute = 0; minute < 12; minute++) advance(MINUTE_MS);
    stand.emit("UPDATE", job(5));
    stand.listens();
    stand.write(completed(2, 2), "INSERT");
    await until(live, () => live.view.rows.length === 2);
    advance(MINUTE_MS);
    assert.deepEqual(await readsSince(stand, before), []);
    assert.deepEqual(titles(live), ["job 1", "result 2"]);
  });
  globalThis.dispatchEvent(new Event("visibilitychange"));
  await until(live, () => titles(live).join() === "result 1,result 2");
}, [running(1)]);

example(
  "what was told of while the page was hidden does not keep later rows from being read",
  async (
    stand,
    live,
  ) => {
    await withVisibility("hidden", async () => {
      stand.listens();
      stand.write(job(2));
      stand.emit("UPDATE", job(2));
      stand.write(job(3), "INSERT");
      await until(live, () => live.view.rows.length === 2);
      advance(1_000);
    });
    globalThis.dispatchEvent(new Event("visibilitychange"));
    await until(live, () => live.view.rows.length === 3);
    const before = stand.reads.length;
    stand.write(job(4));
    stand.emit("UPDATE", job(4));
    await until(live, () => live.view.rows.length === 4);
    assert.equal((await readsSince(stand, before))[0].get("id"), `in.(${job(4).id})`);
    advance(2_000);
    await readsSince(stand, before);
    assert.equal(live.view.link, "live");
  },
  [job(1)],
);

example(
  "who missed something is catching up until nothing is found",
  async (stand, live) => {
    stand.write(completed(1, 1));
    advance(AGAIN_MS);
    await until(live, () => titles(live)[0] === "result 1");
    assert.equal(live.view.link, "live");
    await readsSince(stand, 0);
    advance(2_000);
    assert.equal(live.view.link, "catching up");
    stand.write(running(2, 2));
    advance(AGAIN_MS);
    await until(live, () => live.view.rows.length === 2);
    await readsSince(stand, 0);
    advance(2_000);
    assert.equal(live.view.link, "catching up");
    advance(AGAIN_MS);
    await until(live, () => live.view.link === "live");
  },
  [running(1)],
  { timing: { changedMs: 10 * MINUTE_MS } },
);

example("an event that comes later than a check is not missed", async (stand, live) => {
  const links = new Set<string>();
  live.subscribe(() => links.add(live.view.link));
  stand.write(completed(1, 1));
  advance(AGAIN_MS);
  await until(live, () => titles(live)[0] === "result 1");
  stand.emit("UPDATE", completed(1, 1));
  stand.write(completed(2, 2), "INSERT");
  await until(live, () => live.view.rows.length === 2);
  await readsSince(stand, 0);
  advance(2_000);
  assert.deepEqual([...links], ["live"]);
}, [running(1)]);

example("a change that is told while a check reads it is not missed", async (stand, live) => {
  const links = new Set<string>();
  live.subscribe(() => links.add(live.view.link));
  stand.held = [];
  const asked = stand.nextRead();
  const large = completed(1, 1);
  stand.write(large);
  advance(AGAIN_MS);
  await asked;
  stand.emit("UPDATE", { id: large.id }, ["Error 413: Payload Too Large"]);
  stand.write(completed(2, 2), "INSERT");
  await until(live, () => live.view.rows.length === 2);
  const again = stand.nextRead();
  stand.answerNext();
  await until(live, () => titles(live)[0] === "result 1");
  await again;
  stand.answerNext();
  await readsSince(stand, 0);
  advance(2_000);
  await readsSince(stand, 0);
  assert.deepEqual([...links], ["live"]);
}, [running(1)]);

example("what happened while the socket was gone is not missed when it is back", async (
  stand,
  live,
) => {
  const links = new Set<string>();
  live.subscribe(() => links.add(live.view.link));
  stand.drop();
  await until(live, () => live.view.link === "reconnecting");
  stand.write(completed(1, 1));
  globalThis.dispatchEvent(new Event("online"));
  await until(live, () => titles(live)[0] === "result 1");
  await until(live, () => live.view.link === "live");
  advance(2_000);
  await readsSince(stand, 0);
  assert.deepEqual([...links], ["reconnecting", "live"]);
}, [running(1)]);

example("a check that failed is made again within a second, then two, then four", async (
  stand,
  live,
) => {
  stand.failing = 4;
  stand.write(completed(1, 1));
  for (const pause of [AGAIN_MS, 1_000, 2_000, 4_000]) {
    const tried = stand.nextRead();
    advance(pause);
    await tried;
    for (let count = 0; count < 3; count++) await readsSince(stand, 0); // the failure is known
  }
  assert.deepEqual(titles(live), ["job 1"]);
  advance(8_000);
  await until(live, () => titles(live)[0] === "result 1");
}, [running(1)]);

example("a read that is never answered is given up after 30 s", async (stand, live) => {
  stand.held = [];
  stand.write(completed(1, 1));
  const first = stand.nextRead();
  advance(AGAIN_MS);
  await first;
  const again = stand.nextRead();
  advance(30_000);
  await readsSince(stand, 0);
  advance(1_000);
  await again;
  stand.held.pop()!();
  await until(live, () => titles(live)[0] === "result 1");
}, [running(1)]);

example("a listener that throws does not end the reading", async (stand, live) => {
  const { error } = console;
  const shown: unknown[] = [];
  console.error = (thrown) => shown.push(thrown);
  const forget = live.subscribe(() => {
    forget();
    throw new Error("no such card");
  });
  const read = stand.nextRead();
  advance(AGAIN_MS);
  await read;
  for (let count = 0; count < 3; count++) await readsSince(stand, 0);
  stand.write(running(2, 2));
  globalThis.dispatchEvent(new Event("focus"));
  await until(live, () => live.view.rows.length === 2);
  console.error = error;
  assert.equal(String(shown), "Error: no such card");
}, [running(1)]);

example("a check that failed is not made again while the page is hidden", async (stand, live) => {
  stand.failing = 1;
  stand.write(completed(1, 1));
  advance(AGAIN_MS);
  await readsSince(stand, 0);
  const before = stand.reads.length;
  await withVisibility("hidden", async () => {
    for (let second = 0; second < 120; second++) advance(1_000);
    assert.deepEqual(await readsSince(stand, before), []);
  });
  globalThis.dispatchEvent(new Event("visibilitychange"));
  await until(live, () => titles(live)[0] === "result 1");
}, [running(1)]);

example(
  "what a check found is not forgotten if its rows could not be read",
  async (stand, live) => {
    const many = Array.from({ length: 101 }, (_, index) => completed(index + 1));
    for (const row of many) stand.write(row);
    globalThis.dispatchEvent(new Event("online"));
    await until(live, () => live.view.rows.length === 101);
    stand.write(completed(1, 100, "edited"));
    stand.write(completed(2, 400, "edited later"));
    stand.held = [];
    const asked = stand.nextRead();
    advance(MINUTE_MS);
    await asked;
    const read = stand.nextRead();
    stand.answerNext();
    await read;
    stand.failing = 1;
    stand.answerNext();
    stand.held = null;
    await readsSince(stand, 0);
    advance(1_000);
    await until(live, () => titles(live).slice(0, 2).join() === "edited,edited later");
  },
  [completed(1)],
);

example(
  "a table says itself which rows are final",
  async (stand, live) => {
    const before = stand.reads.length;
    stand.write(completed(1, 1));
    advance(AGAIN_MS);
    await until(live, () => titles(live)[0] === "result 1");
    advance(AGAIN_MS);
    const reads = (await readsSince(stand, before)).filter((read) => read.has("id"));
    assert.equal(reads.length, 1);
  },
  1,
  { final: ({ title }) => title !== "job 1" },
);

example(
  "the pauses are the caller's",
  async (stand, live) => {
    stand.write(completed(1, 1));
    advance(700);
    await until(live, () => titles(live)[0] === "result 1");
  },
  [running(1)],
  { timing: { againMinMs: 500, againMaxMs: 700 } },
);

example("after it is closed it asks nothing", async (stand, live) => {
  live.close();
  const before = stand.reads.length;
  globalThis.dispatchEvent(new Event("focus"));
  advance(10 * MINUTE_MS);
  assert.deepEqual(await readsSince(stand, before), []);
}, [running(1)]);
