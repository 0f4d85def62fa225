import { test } from "node:test";
import assert from "node:assert/strict";
import { askedCompanies, outsideOf } from "../src/companies.ts";
import type { Research } from "../src/rows.ts";

test("a line names a company, gives its address, or both", () => {
  const text = "Acme Ltd https://acme.example\n\n Baker \nhttps://www.potter.example/about";
  assert.deepEqual(askedCompanies(text), [
    { companyName: "Acme Ltd", companyUrl: "https://acme.example" },
    { companyName: "Baker" },
    { companyName: "www.potter.example", companyUrl: "https://www.potter.example/about" },
  ]);
});

test("an address that is none is left to the server to refuse", () => {
  const asked = [{ companyName: "https://[acme", companyUrl: "https://[acme" }];
  assert.deepEqual(askedCompanies("https://[acme"), asked);
});

test("a company of a batch is not listed by itself, also while the batches are still read", () => {
  const companies = [null, "known", "gone"].map((batch_id) => ({ batch_id }) as Research);
  const listed = (complete: boolean, problem: { code: string; message: string } | null = null) =>
    outsideOf({ rows: [{ id: "known" }], complete, problem }, companies)
      .map(({ batch_id }) => batch_id);
  assert.deepEqual(listed(false), [null]);
  assert.deepEqual(listed(true), [null, "gone"]);
  assert.deepEqual(listed(false, { code: "42501", message: "" }), [null, "gone"]);
});
