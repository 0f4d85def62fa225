import { test } from "node:test";
import assert from "node:assert/strict";
import { askedCompanies } from "../src/companies.ts";

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
