import { test } from "node:test";
import assert from "node:assert/strict";
import { refusedByDatabase } from "../src/desk.ts";
import { initial } from "../src/dom.ts";

test("an error of a table is said in words of the page, and never in those of the database", () => {
  const said = (code?: string) => refusedByDatabase({ code }).message;
  assert.match(said("23514"), /outside of what is allowed/);
  assert.match(said("22001"), /outside of what is allowed/);
  assert.match(said("42501"), /not yours to use/);
  assert.match(said("RJ006"), /Too much is waiting/);
  assert.match(said("XX000"), /went wrong on our side/);
});

test("a table that does not answer is said to be out of reach", () => {
  assert.match(refusedByDatabase({ code: "" }).message, /cannot be reached/);
  assert.match(refusedByDatabase({}).message, /cannot be reached/);
});

test("a name begins with a whole sign, however many characters that has", () => {
  assert.equal(initial("brightwater"), "B");
  assert.equal(initial("👩‍💻 Team"), "👩‍💻");
  assert.equal(initial("שלום"), "ש");
  assert.equal(initial(""), "");
});
