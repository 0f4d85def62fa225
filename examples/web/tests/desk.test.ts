import { test } from "node:test";
import assert from "node:assert/strict";
import { call, refusedByDatabase } from "../src/desk.ts";
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

test("each request of the page begins a trace of its own", async () => {
  const sent: string[] = [];
  const client = {
    functions: {
      invoke: (_path: string, { headers }: { headers: Record<string, string> }) => {
        sent.push(headers["traceparent"]!);
        return Promise.resolve({ data: {}, error: null });
      },
    },
  };
  for (let i = 0; i < 3; i++) await call({ client: client as never }, "POST", "interviews");
  sent.forEach((header) => assert.match(header, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/));
  assert.equal(new Set(sent.map((header) => header.split("-")[1])).size, 3);
});

test("a name begins with a whole sign, however many characters that has", () => {
  assert.equal(initial("brightwater"), "B");
  assert.equal(initial("👩‍💻 Team"), "👩‍💻");
  assert.equal(initial("שלום"), "ש");
  assert.equal(initial(""), "");
});
