import { test } from "node:test";
import assert from "node:assert/strict";
import { type Change, type LiveRow, type RowSet, rowSet } from "../src/live-row-set.ts";

interface Job extends LiveRow {
  title?: string | null;
  transcript?: string;
}

const ID = "3f0c0f5e-8a8f-4f9a-9d2e-000000000001";

function event(
  eventType: "INSERT" | "UPDATE" | "DELETE",
  row: Partial<Job>,
  errors: string[] = [],
): Change {
  const isDelete = eventType === "DELETE";
  return { eventType, new: isDelete ? {} : row, old: isDelete ? row : {}, errors } as Change;
}

function isOlder(left: LiveRow, right: LiveRow): boolean {
  const set = holding(right as Job);
  const before = set.stored(ID);
  set.apply(event("UPDATE", left));
  return set.stored(ID) === before;
}

function holding(...rows: Job[]): RowSet<Job> {
  const set = rowSet<Job>();
  set.accept([], rows);
  return set;
}

function at(second: number, fields: Partial<Job> = {}): Job {
  const updated_at = `2026-11-21T10:00:${String(second).padStart(2, "0")}.123456+00:00`;
  return { id: ID, updated_at, processing_run: 1, processing_status: "processing", ...fields };
}

test("an update keeps the large column that its event does not carry", () => {
  const set = holding(at(1, { title: "a", transcript: "long" }));
  assert.equal(set.apply(event("UPDATE", at(2, { title: "b" }))), false);
  assert.deepEqual(set.sorted(), [at(2, { title: "b", transcript: "long" })]);
});

test("a column that became null is null", () => {
  const set = holding(at(1, { title: "a" }));
  set.apply(event("UPDATE", at(2, { title: null })));
  assert.equal(set.sorted()[0].title, null);
});

test("an update of a row that is not known asks for the row", () => {
  const set = holding();
  assert.equal(set.apply(event("UPDATE", at(1))), true);
  assert.deepEqual(set.sorted(), []);
});

test("a row too large for an event is asked for, and stays as it was until then", () => {
  const set = holding(at(1, { title: "a" }));
  const gutted = event("UPDATE", { id: ID }, ["Error 413: Payload Too Large"]);
  assert.equal(set.apply(gutted), true);
  assert.deepEqual(set.sorted(), [at(1, { title: "a" })]);
});

test("an event without a primary key changes nothing", () => {
  const set = holding(at(1));
  assert.equal(set.apply(event("UPDATE", {}, ["Error 401: Unauthorized"])), false);
  assert.deepEqual(set.sorted(), [at(1)]);
});

test("what is older than the row on screen is dropped", () => {
  const set = holding(at(5));
  set.apply(event("UPDATE", at(4, { title: "late" })));
  assert.deepEqual(set.sorted(), [at(5)]);
  set.accept([ID], [at(3, { title: "read before" })]);
  assert.deepEqual(set.sorted(), [at(5)]);
});

test("the same moment twice: the later arrival counts", () => {
  const set = holding(at(1, { title: "a" }));
  set.apply(event("UPDATE", at(1, { title: "b" })));
  assert.equal(set.sorted()[0].title, "b");
});

test("a run decides before a clock does", () => {
  assert.ok(isOlder(at(9, { processing_run: 1 }), at(1, { processing_run: 2 })));
  assert.ok(!isOlder(at(1, { processing_run: 2 }), at(9, { processing_run: 1 })));
});

test("the end of a run is not undone by one of its earlier states, whatever the clocks say", () => {
  const ended = at(1, { processing_status: "completed" });
  assert.ok(isOlder(at(2), ended));
  assert.ok(!isOlder(ended, at(2)));
});

test("microseconds count, and so does how many digits they are written with", () => {
  const moment = (text: string) => ({ id: ID, updated_at: `2026-11-21T10:00:00${text}+00:00` });
  assert.ok(isOlder(moment(".123456"), moment(".123457")));
  assert.ok(isOlder(moment(".12"), moment(".120001")));
  assert.ok(isOlder(moment(""), moment(".000001")));
  assert.ok(!isOlder(moment(".5"), moment(".499999")));
});

test("a deleted row does not come back with a snapshot that was read before", () => {
  const set = holding(at(1));
  const asked = set.keys();
  set.apply(event("DELETE", { id: ID }), true);
  set.accept(asked, [at(1)]);
  assert.deepEqual(set.sorted(), []);
  set.apply(event("UPDATE", at(1)), true);
  assert.deepEqual(set.sorted(), []);
});

test("a row that is inserted once more with the key of a deleted one is shown", () => {
  const set = holding(at(1));
  set.apply(event("DELETE", { id: ID }), true);
  set.apply(event("INSERT", at(5)), true);
  set.accept([ID], [at(1)]); // was read before both
  assert.deepEqual(set.sorted(), [at(5)]);
});

test("nobody is told of another list if all rows are as they were", () => {
  const set = holding(at(1, { title: "a" }));
  const rows = set.sorted();
  set.accept([ID], [at(1, { title: "a" })]);
  set.apply(event("UPDATE", at(1)));
  assert.equal(set.changed, false);
  assert.equal(set.sorted(), rows);
});

test("a row that the caller's order could not place is placed when it can", () => {
  const set = rowSet<Job>("id", (left, right) => -right.title!.localeCompare(left.title!));
  const titled = (id: string, title: string | null) => at(1, { id, title });
  set.accept([], ["a", "b", "c"].map((title) => titled(title, title)));
  set.sorted();
  set.apply(event("INSERT", titled("d", null)));
  assert.throws(() => set.sorted(), TypeError);
  set.apply(event("UPDATE", titled("d", "d")));
  assert.deepEqual(set.sorted().map(({ id }) => id), ["a", "b", "c", "d"]);
});

test("the delete of a row that the snapshot under way will show counts too", () => {
  const set = holding();
  set.apply(event("DELETE", { id: ID }), true);
  set.accept([], [at(1)]);
  assert.deepEqual(set.sorted(), []);
});

test("a snapshot removes what is gone and keeps what came while it was read", () => {
  const other = { ...at(1), id: "3f0c0f5e-8a8f-4f9a-9d2e-000000000002" };
  const set = holding(at(1));
  const asked = set.keys();
  set.apply(event("INSERT", other));
  set.accept(asked, []);
  assert.deepEqual(set.sorted(), [other]);
});
