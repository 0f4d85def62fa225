import { test } from "node:test";
import assert from "node:assert/strict";
import { addressOf, placeOf } from "../src/address.ts";
import { type Outcome, sentenceOf } from "../src/bulk.ts";
import { useLanguage } from "../src/language.ts";
import { RowList, ROWS_PER_PAGE } from "../src/list-rows.ts";
import { isNarrowed, type ListState, queryOf, stateOf } from "../src/list-state.ts";
import type { ProcessingRow, Status } from "../src/rows.ts";

interface Job extends ProcessingRow {
  title: string;
  company: string | null;
  notes: string;
  archived: boolean;
}

const NEW = stateOf("");

function job(number: number, more: Partial<Job> = {}): Job {
  return {
    id: String(number),
    title: `Job ${number}`,
    company: null,
    notes: "",
    archived: false,
    processing_status: "completed",
    processing_stage: null,
    processing_progress: null,
    processing_not_before: null,
    processing_error: null,
    created_at: new Date(Date.UTC(2030, 0, 1) + number * 1000).toISOString(),
    ...more,
  };
}

function list(): RowList<Job> {
  return new RowList<Job>({
    name: ({ title }) => title,
    company: ({ company }) => company,
    texts: ({ title, company, notes }) => [title, company, notes],
    archived: ({ archived }) => archived,
  });
}

function found(rows: Job[], state: Partial<ListState>): string {
  return list().page(rows, { ...NEW, ...state }).matching.map(({ id }) => id).join();
}

test("a search finds all its words, in any field, whatever the accents and the letters' size", () => {
  const rows = [
    job(1, { title: "Ingénieur de données", company: "Ångström", notes: "Call\nMarie" }),
    job(2, { title: "Baker", company: "Angstrom" }),
  ];
  assert.equal(found(rows, { search: "angstrom" }), "2,1");
  assert.equal(found(rows, { search: "  MARIE ingenieur" }), "1");
  assert.equal(found(rows, { search: "marie baker" }), "");
});

test("a row that changes is found by what it says now", () => {
  const rows = list();
  const page = (row: Job) => rows.page([row], { ...NEW, search: "potter" }).matching.length;
  assert.equal(page(job(1, { title: "Baker" })), 0);
  assert.equal(page(job(1, { title: "Potter" })), 1);
});

test("a status leaves the others out, and the counts tell how many each has", () => {
  const statuses: Status[] = ["pending", "failed", "failed", "completed"];
  const rows = statuses.map((processing_status, index) => job(index, { processing_status }));
  assert.equal(found(rows, { status: "failed" }), "2,1");
  const { counts } = list().page(rows, { ...NEW, status: "failed" });
  assert.deepEqual(counts, { pending: 1, processing: 0, completed: 1, failed: 2, cancelled: 0 });
});

test("archived rows are shown only to those who ask for them", () => {
  const rows = [job(1), job(2, { archived: true })];
  assert.equal(found(rows, {}), "1");
  assert.equal(found(rows, { scope: "archived" }), "2");
  assert.equal(found(rows, { scope: "all" }), "2,1");
});

test("rows are sorted by age, title, company or end; what is missing comes last", () => {
  const rows = [
    job(1, { title: "job 10", company: "Birch", processing_finished_at: "2030-01-02" }),
    job(2, { title: "Job 9", company: null, processing_finished_at: "2030-01-03" }),
    job(3, { title: "Äpfel", company: "aspen" }),
  ];
  assert.equal(found(rows, { sort: "newest" }), "3,2,1");
  assert.equal(found(rows, { sort: "title" }), "3,2,1");
  assert.equal(found(rows, { sort: "company" }), "3,1,2");
  assert.equal(found(rows, { sort: "ended" }), "2,1,3");
});

test("names are sorted as the chosen language does", async () => {
  const rows = [job(1, { title: "Äpfel" }), job(2, { title: "Afrika" })];
  assert.equal(found(rows, { sort: "title" }), "2,1");
  // The order of German phone books, which has ä as ae.
  await useLanguage("de", ["de-u-co-phonebk"]);
  try {
    assert.equal(found(rows, { sort: "title" }), "1,2");
  } finally {
    await useLanguage("en");
  }
});

test("an order is right again after each change of a row, of the rows and of the order", () => {
  const rows = list();
  const ids = (some: Job[], state: Partial<ListState>) =>
    rows.page(some, { ...NEW, ...state }).matching.map(({ id }) => id).join();
  assert.equal(ids([job(1), job(3), job(2)], {}), "3,2,1");
  assert.equal(ids([job(4), job(1), job(3)], {}), "4,3,1");
  assert.equal(ids([job(1, { title: "Z" }), job(3), job(4)], { sort: "title" }), "3,4,1");
  assert.equal(ids([job(1), job(3), job(4)], { sort: "title" }), "1,3,4");
});

test("a page has a few rows of many, and a page that is gone is the last one", () => {
  const rows = Array.from({ length: 10_000 }, (_, index) => job(index));
  const page = list().page(rows, { ...NEW, page: 2 });
  assert.equal(page.shown.length, ROWS_PER_PAGE);
  assert.equal(page.shown[0].id, String(10_000 - ROWS_PER_PAGE - 1));
  assert.equal(page.matching.length, 10_000);
  assert.equal(page.pages, 400);
  const few = list().page(rows.slice(0, 30), { ...NEW, page: 400 });
  assert.deepEqual([few.page, few.pages, few.shown.length], [2, 2, 5]);
});

test("one changed row of many is put in its place without comparing all with all", () => {
  let names = 0;
  const counting = new RowList<Job>({ name: ({ title }) => (names++, title), texts: () => [] });
  const rows = Array.from({ length: 10_000 }, (_, index) => job((index * 7919) % 10_000));
  counting.page(rows, { ...NEW, sort: "title" });
  names = 0;
  counting.page(rows.with(5, job(5, { title: "A" })), { ...NEW, sort: "title" });
  assert.ok(names < 3 * rows.length, String(names));
});

test("what a person chose comes back from the address", () => {
  const chosen: ListState = {
    search: "C++ & müde",
    status: "failed",
    sort: "company",
    scope: "all",
    page: 3,
  };
  assert.deepEqual(stateOf(queryOf(chosen)), chosen);
  assert.equal(queryOf(NEW), "");
  assert.ok(isNarrowed(chosen));
  assert.ok(!isNarrowed(stateOf("page=2&sort=title")));
});

test("nonsense in an address is as if it were not there", () => {
  assert.deepEqual(stateOf("status=no&sort=__proto__&show=1&page=-4"), NEW);
  assert.equal(stateOf("page=x").page, 1);
  assert.equal(stateOf("page=2.7").page, 2);
});

test("an address names a tab, its list or one of its rows", () => {
  const tabs = ["positions", "companies"];
  const places = [
    { tab: "positions", id: "", query: "" },
    { tab: "positions", id: "", query: "status=failed&page=2" },
    { tab: "companies", id: "a/b ?c", query: "" },
    { tab: "companies", id: "4711", query: "question=3" },
  ];
  for (const place of places) assert.deepEqual(placeOf(addressOf(place), tabs), place);
  assert.equal(addressOf(places[1]), "#positions?status=failed&page=2");
  assert.equal(placeOf("#4711-q3", tabs), null);
  assert.equal(placeOf("", tabs), null);
  assert.equal(placeOf("#positions/%E0%A4%A", tabs)?.id, "%E0%A4%A");
});

test("the result of many is one sentence, with the reason of what was refused", () => {
  const outcome = (more: Partial<Outcome>): Outcome => ({
    changed: 0,
    unchanged: 0,
    refused: {},
    ...more,
  });
  assert.equal(
    sentenceOf("cancel", outcome({ changed: 12, unchanged: 1 })),
    "12 cancelled, 1 was already done.",
  );
  assert.equal(
    sentenceOf("retry", outcome({ changed: 2, refused: { "Too much is waiting.": 3 } })),
    "2 queued again. 3 not: Too much is waiting.",
  );
  assert.equal(sentenceOf("delete", outcome({ changed: 1 })), "1 deleted.");
});
