/** How a long list comes on screen, and what is read of it again. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type LiveOptions, type LiveRows, liveRows } from "../src/index.ts";
import { advance, installClock } from "./clock.ts";
import { type Row, Stand } from "./stand.ts";
import { completed, example, job, readsSince, running, until } from "./watching.ts";

installClock();

const MINUTE_MS = 60_000;
const AGAIN_MS = 28_000;
const ROWS = 2_500;

/** Answers reads one by one, from the first one on. */
class Opened {
  readonly stand = new Stand();
  readonly live: LiveRows<Row>;
  /** How many rows each view had that was published. */
  readonly seen: number[] = [];

  constructor(rows: Row[], options: Partial<LiveOptions<Row>>) {
    this.stand.held = [];
    for (const row of rows) this.stand.write(row);
    this.live = liveRows<Row>(this.stand.client, { table: "jobs", ...options });
    this.live.subscribe(() => {
      const count = this.live.view.rows.length;
      if (count !== (this.seen.at(-1) ?? 0)) this.seen.push(count);
    });
  }

  /** Answers the read that waits or comes next. */
  async answer(): Promise<void> {
    if (!this.stand.held!.length) await this.stand.nextRead();
    while (!this.stand.held!.length) await Promise.resolve();
    this.stand.answerNext();
  }

  async complete(): Promise<void> {
    while (this.stand.held!.length) this.stand.answerNext();
    this.stand.held = null;
    await until(this.live, () => this.live.view.complete);
  }
}

function opening(
  name: string,
  run: (opened: Opened) => Promise<void>,
  rows: Row[],
  options: Partial<LiveOptions<Row>> = {},
): void {
  test(name, async () => {
    const opened = new Opened(rows, options);
    try {
      await run(opened);
    } finally {
      opened.live.close();
      await opened.stand.close();
    }
  });
}

const jobs = Array.from({ length: ROWS }, (_, index) => job(index + 1));
const backwards = (left: Row, right: Row) => left.title < right.title ? 1 : -1;
const numbered = jobs.map((row, at) => ({ ...row, title: String(at).padStart(5, "0") }));

opening("rows are shown page by page, and the view says that more come", async (opened) => {
  const { live, seen } = opened;
  await opened.answer();
  await until(live, () => live.view.loaded);
  assert.deepEqual([live.view.rows.length, live.view.complete], [100, false]);
  const { rows } = live.view;
  await opened.complete();
  assert.deepEqual(live.view.rows.slice(0, 100), rows);
  assert.deepEqual(seen, [100, 1100, 2100, ROWS]);
}, jobs);

opening(
  "in another order the rows that are to be first are shown, then all at once",
  async (
    opened,
  ) => {
    const { live, stand, seen } = opened;
    await opened.answer();
    await until(live, () => live.view.loaded);
    assert.equal(stand.reads[0].searchParams.get("order"), "title.desc");
    const { rows, complete } = live.view;
    assert.deepEqual([rows[0].title, rows.length, complete], ["02499", 100, false]);
    await opened.complete();
    assert.deepEqual(live.view.rows.slice(0, 100), rows);
    assert.deepEqual(seen, [100, ROWS]);
  },
  numbered,
  { sort: backwards, readFirst: "title.desc" },
);

opening(
  "in an order that the database is not told, nothing is shown that would move",
  async (
    opened,
  ) => {
    await opened.complete();
    assert.deepEqual(opened.seen, [ROWS]);
  },
  numbered,
  { sort: backwards },
);

opening(
  "a short list is one request, however it is ordered",
  async (opened) => {
    await opened.complete();
    // Keys and times are asked for too once the channel is joined, which may be by now.
    const reads = (await readsSince(opened.stand, 0)).map((read) => read.get("select"));
    assert.deepEqual(reads.filter((columns) => columns === "*"), ["*"]);
  },
  numbered.slice(0, 99),
  { sort: backwards, readFirst: "title.desc" },
);

opening("a page that fails takes nothing away, and an event is merged meanwhile", async (
  opened,
) => {
  const { live, stand, seen } = opened;
  await opened.answer();
  await until(live, () => live.view.loaded);
  await stand.joined();
  stand.write(job(1, 5, "changed"), "UPDATE");
  await until(live, () => live.view.rows[0].title === "changed");
  stand.failing = 1;
  await opened.answer();
  stand.held = null;
  await readsSince(stand, 0);
  assert.deepEqual([live.view.rows.length, live.view.complete], [100, false]);
  advance(1_000);
  await until(live, () => live.view.complete);
  assert.deepEqual(seen, [100, 1100, 2100, ROWS]);
  assert.equal(live.view.rows[0].title, "changed");
}, jobs);

example("after a rejoin only keys and times are read, and the rows that changed", async (
  stand,
  live,
) => {
  const before = stand.reads.length;
  stand.write(job(7, 5, "changed meanwhile"));
  stand.write(job(ROWS + 1));
  stand.rows.delete(job(9).id);
  stand.drop();
  await until(live, () => live.view.link === "reconnecting");
  await until(live, () => live.view.link === "live");
  const reads = await readsSince(stand, before);
  const selected = reads.map((read) => read.get("select"));
  assert.deepEqual(selected, [...Array(3).fill("id,updated_at"), "*"]);
  assert.equal(reads.at(-1)!.get("id"), `in.(${[7, ROWS + 1, 9].map((n) => job(n).id)})`);
  assert.equal(live.view.rows.length, ROWS);
  assert.equal(live.get(job(7).id)!.title, "changed meanwhile");
  assert.equal(live.get(job(9).id), undefined);
}, ROWS);

/** A server whose answers never have more rows. */
function cutting(maxRows: number): () => Stand {
  return () => Object.assign(new Stand(), { maxRows });
}

const ten = Array.from({ length: 10 }, (_, index) => running(index + 1));
for (const maxRows of [1, 3, 5, 10]) {
  example(
    `where answers have ${maxRows} rows at most, none of ten is missing or taken for deleted`,
    async (stand, live) => {
      const counts: number[] = [];
      live.subscribe(() => counts.push(live.view.rows.length));
      assert.equal(live.view.rows.length, 10);
      for (const number of [2, 10]) stand.write(completed(number, 1));
      advance(AGAIN_MS);
      const finished = () => live.view.rows.filter((row) => row.processing_status === "completed");
      await until(live, () => finished().length === 2);
      stand.write(running(11, 2));
      advance(MINUTE_MS);
      await until(live, () => live.view.rows.length === 11);
      stand.rows.delete(job(4).id);
      advance(MINUTE_MS);
      await until(live, () => live.get(job(4).id) === undefined);
      stand.drop();
      await until(live, () => live.view.link === "reconnecting");
      await until(live, () => live.view.link === "live");
      assert.deepEqual(counts.filter((count) => count < 10), []);
    },
    ten,
    {},
    cutting(maxRows),
  );
}

const many = Array.from({ length: 10_000 }, (_, index) => running(index + 1));

example(
  "ten thousand open rows are looked at with a dozen requests, and read with two dozen",
  async (
    stand,
    live,
  ) => {
    let before = stand.reads.length;
    stand.write(completed(5_000, 3));
    advance(AGAIN_MS);
    await until(live, () => live.get(job(5_000).id)!.processing_status === "completed");
    const reads = await readsSince(stand, before);
    assert.deepEqual(
      new Set(reads.map((read) => read.get("select"))),
      new Set(["id,updated_at", "*"]),
    );
    assert.ok(reads.length <= 12, `${reads.length}`);
    before = stand.reads.length;
    for (const { id } of many) stand.write({ ...stand.rows.get(id)!, ...completed(1, 9), id });
    advance(AGAIN_MS);
    await until(live, () => live.view.rows.every((row) => row.processing_status === "completed"));
    assert.ok((await readsSince(stand, before)).length <= 24);
  },
  many,
);

example("ten thousand open rows without a time are read in pages", async (stand, live) => {
  const before = stand.reads.length;
  stand.write({ ...many[9_998], title: "changed", updated_at: undefined } as unknown as Row);
  advance(AGAIN_MS);
  await until(live, () => live.view.rows.some(({ title }) => title === "changed"));
  const reads = await readsSince(stand, before);
  assert.deepEqual([reads.length, reads.some((read) => read.get("id")?.startsWith("in."))], [
    11, // of which the last one is empty
    false,
  ]);
}, many.map((row) => ({ ...row, updated_at: undefined }) as unknown as Row));
