import { test } from "node:test";
import assert from "node:assert/strict";
import { nameOf } from "../src/position-card.ts";
import { firstWords, linksIn } from "../src/postings.ts";
import type { JobPosition } from "../src/rows.ts";

test("one link, or several of them, are links; any other text is that of a posting", () => {
  assert.deepEqual(linksIn(" https://example.com/a \n"), ["https://example.com/a"]);
  assert.deepEqual(
    linksIn("https://example.com/a, http://example.com/b\n\nhttps://example.com/a"),
    ["https://example.com/a", "http://example.com/b"],
  );
  assert.deepEqual(linksIn("Baker https://example.com/a"), []);
  assert.deepEqual(linksIn("ftp://example.com/a"), []);
  assert.deepEqual(linksIn("example.com"), []);
});

test("a posting without a title is called by the first words that say something", () => {
  assert.equal(firstWords("\n# **Junior Data Analyst**\n\nSalary"), "Junior Data Analyst");
  assert.equal(firstWords("Job description\n---\n• Bake bread\n"), "Bake bread");
  assert.equal(firstWords("Job Title: Potter"), "Potter");
  assert.equal(firstWords("About us:\r\nWe  make\tbread."), "We make bread.");
  assert.equal(firstWords("--- 42 ---"), "");
});

test("a long first line is cut between words", () => {
  const name = firstWords(
    "We are looking for somebody who can read meters, maps and minds at once",
  );
  assert.equal(name, "We are looking for somebody who can read meters, maps and…");
  assert.ok(firstWords("x".repeat(5000)).length <= 61);
});

test("a title is preferred to an address, and an address to the text", () => {
  const row = {
    job_title: null,
    quick_look: null,
    job_url: "https://www.example.com/jobs/1",
    raw_job_description: "Baker",
  } as JobPosition;
  assert.equal(nameOf(row), "example.com/jobs/1");
  assert.equal(nameOf({ ...row, job_url: null }), "Baker");
  assert.equal(nameOf({ ...row, quick_look: { job_title: "Head baker" } }), "Head baker");
  assert.equal(nameOf({ ...row, job_url: null, raw_job_description: "!" }), "Pasted posting");
});
