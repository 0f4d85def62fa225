/** Ten thousand rows: what an event costs there, and that nothing is shown anew without a reason. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Change, rowSet } from "../src/live-row-set.ts";
import { advance, installClock } from "./clock.ts";
import type { Row } from "./stand.ts";
import { completed, example, job, readsSince, until } from "./watching.ts";

installClock();

const ROWS = 10_000;

function byTitle(left: Row, right: Row): number {
  return left.title < right.title ? -1 : Number(left.title > right.title);
}

function change(eventType: "INSERT" | "UPDATE" | "DELETE", row: Row): Change {
  return { eventType, new: row, old: { id: row.id }, errors: [] } as unknown as Change;
}

test("an event costs comparisons for one search, and a list that nobody looks at is not made", () => {
  let compared = 0;
  const set = rowSet<Row>("id", (left, right) => {
    compared++;
    return byTitle(left, right);
  });
  set.accept([], Array.from({ length: ROWS }, (_, index) => job(index)));
  set.sorted();
  assert.ok(compared > ROWS);
  compared = 0;
  for (let number = 0; number < 100; number++) {
    set.apply(change("UPDATE", job(number * 97, 1, `changed ${number}`)));
    set.sorted();
  }
  assert.ok(compared / 100 <= Math.ceil(Math.log2(ROWS + 1)), `${compared / 100}`);
  compared = 0;
  for (let second = 2; second < 100; second++) set.apply(change("UPDATE", job(5, second)));
  assert.equal(compared, 0);
});

test("the rows are in the caller's order, and equal ones in that of their arrival, after any changes", () => {
  const set = rowSet<Row>("id", byTitle);
  const arrived: string[] = [];
  let seed = 7;
  const random = (limit: number) => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % limit;
  for (let step = 1; step <= 3000; step++) {
    const row = job(random(300), step, `title ${random(20)}`);
    const isDelete = random(4) === 0;
    if (!isDelete && set.get(row.id) === undefined) arrived.push(row.id);
    if (isDelete && set.get(row.id)) arrived.splice(arrived.indexOf(row.id), 1);
    const kind = isDelete ? "DELETE" : set.get(row.id) ? "UPDATE" : "INSERT";
    set.apply(change(kind, row));
    if (random(3) === 0) continue;
    assert.deepEqual(set.sorted(), arrived.map((id) => set.get(id)!).sort(byTitle));
  }
});

example("the list is the same until a row changes, whatever is read", async (stand, live) => {
  const { view } = live;
  assert.equal(view.rows.length, ROWS);
  let told = 0;
  live.subscribe(() => told++);
  let before = stand.reads.length;
  advance(600_000);
  while ((await readsSince(stand, before)).length <= ROWS / 1000);
  for (let count = 0; count < 3; count++) await readsSince(stand, before); // the last page is merged
  assert.equal(live.view, view);
  assert.equal(told, 0);
  before = stand.reads.length;
  stand.write(completed(ROWS / 2, 9), "UPDATE");
  await until(live, () => live.view !== view);
  assert.equal(told, 1);
  assert.notEqual(live.view.rows, view.rows);
  const changed = live.view.rows.filter((row, at) => row !== view.rows[at]);
  assert.deepEqual(changed, [completed(ROWS / 2, 9)]);
  assert.deepEqual(await readsSince(stand, before), []);
}, Array.from({ length: ROWS }, (_, index) => completed(index + 1)));
