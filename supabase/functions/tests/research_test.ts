import { deepStrictEqual, strictEqual } from "node:assert/strict";

import { plainResults } from "../api/research_status.ts";
import { ask, signUp, type User, worker } from "./support.ts";

const { test } = Deno;

const SALARY = { min: 60000, max: 80000, currency: "EUR", interval: "year" };

const RESULT = {
  companyName: "Acme",
  overview: { text: "Acme bakes.", sources: ["s1"], basis: "stated" },
  products: [{ text: "Bread", sources: ["s1"], basis: "stated" }],
  techStack: [{ name: "Go", evidence: ["s2"], basis: "github" }],
  salaryRange: { text: "60-80k", ...SALARY, basis: "posting", sources: ["s1"] },
  averageSalary: null,
  interviewQuestions: [{ text: "Why bread?", kind: "company", why: "It is said.", sources: [] }],
  prepChecklist: [{ item: "Eat bread", done: false }],
  keyTopics: ["bread"],
  sources: [
    { id: "s1", url: "https://acme.example", kind: "website" },
    { id: "s2", url: "https://github.com/acme", kind: "github" },
    { id: "s3", url: "https://acme.example/about", kind: "website" },
  ],
  metadata: { role: null, deepMode: false },
};

const PLAIN = {
  companyName: "Acme",
  overview: "Acme bakes.",
  products: ["Bread"],
  techStack: ["Go"],
  salaryRange: SALARY,
  averageSalary: null,
  interviewQuestions: ["Why bread?"],
  prepChecklist: ["Eat bread"],
  keyTopics: ["bread"],
  metadata: { role: null, deepMode: false },
  sources: { website: "https://acme.example", github: "https://github.com/acme" },
};

async function research(user: User, body: Record<string, unknown> = {}) {
  const asked = { companyName: "Acme", ...body };
  return (await ask(user, "POST", "/research-direct", asked)).body;
}

async function statusOf(user: User, jobId: string) {
  const { body } = await ask(user, "GET", `/research-status/${jobId}`);
  const { createdAt, updatedAt, ...rest } = body;
  strictEqual(Number.isNaN(Date.parse(createdAt)) || Number.isNaN(Date.parse(updatedAt)), false);
  return rest;
}

test("research is answered in the shape of the earlier API", async () => {
  const user = await signUp();
  const { status, body } = await ask(user, "POST", "/research-direct", {
    companyName: "Acme",
    companyUrl: "https://acme.example",
    role: "Baker",
    deepMode: true,
  });
  strictEqual(status, 201);
  const { jobId, estimatedDuration, ...rest } = body;
  deepStrictEqual(rest, {
    success: true,
    company: "Acme",
    role: "Baker",
    deepMode: true,
    statusUrl: `/functions/v1/api/research-status/${jobId}`,
  });
  strictEqual(typeof estimatedDuration, "string");
});

test("a new research is queued", async () => {
  const user = await signUp();
  const { jobId } = await research(user);
  deepStrictEqual(await statusOf(user, jobId), {
    jobId,
    status: "queued",
    progress: "0/100",
    isComplete: false,
    isFailed: false,
    results: null,
    message: "The research waits for its turn.",
  });
});

test("a finished research shows its results as plain texts", async () => {
  const user = await signUp();
  const { jobId } = await research(user);
  await worker.from("company_research")
    .update({ processing_status: "completed", result: RESULT }).eq("id", jobId);
  deepStrictEqual(await statusOf(user, jobId), {
    jobId,
    status: "completed",
    progress: "100/100",
    isComplete: true,
    isFailed: false,
    results: PLAIN,
    message: "The research is complete.",
  });
});

test("a failed research says why", async () => {
  const user = await signUp();
  const { jobId } = await research(user);
  await worker.from("company_research").update({
    processing_status: "failed",
    processing_error: { code: "timeout", message: "The site did not answer." },
  }).eq("id", jobId);
  const { status, isFailed, isComplete, message } = await statusOf(user, jobId);
  deepStrictEqual([status, isFailed, isComplete, message], [
    "failed",
    true,
    false,
    "The site did not answer.",
  ]);
});

test("a cancelled research shows as failed, with that message", async () => {
  const user = await signUp();
  const { jobId } = await research(user);
  const cancelled = await ask(user, "POST", `/processing/company_research/${jobId}/cancel`);
  strictEqual(cancelled.body.processing_status, "cancelled");
  const { status, isFailed, message } = await statusOf(user, jobId);
  deepStrictEqual([status, isFailed, message], ["failed", true, "The research was cancelled."]);
});

test("a batch researches each company and counts what is done", async () => {
  const user = await signUp();
  const { status, body } = await ask(user, "POST", "/research-batch", {
    companies: ["Acme", { companyName: "Bolt", companyUrl: "https://bolt.example" }],
    role: "Baker",
  });
  strictEqual(status, 201);
  strictEqual(body.total, 2);
  deepStrictEqual(
    body.companies.map((one: { companyName: string }) => one.companyName),
    ["Acme", "Bolt"],
  );
  strictEqual((await statusOf(user, body.jobId)).status, "queued");

  const [first, second] = body.companies;
  await worker.from("company_research")
    .update({ processing_status: "completed" }).eq("id", first.id);
  strictEqual((await statusOf(user, body.jobId)).progress, "1/2");
  await worker.from("company_research").update({ processing_status: "failed" }).eq("id", second.id);
  const { progress, isComplete, message, results } = await statusOf(user, body.jobId);
  deepStrictEqual([progress, isComplete], ["2/2", true]);
  strictEqual(message, "2 of 2 companies are done, 1 of them without success.");
  deepStrictEqual(results.map((one: { status: string }) => one.status), ["completed", "failed"]);
  // The id of a company of the batch can be asked for like that of a single research.
  strictEqual((await statusOf(user, first.id)).isComplete, true);
});

test("a wrong company of a batch is named by its place", async () => {
  const user = await signUp();
  const answer = await ask(user, "POST", "/research-batch", { companies: ["Acme", {}] });
  deepStrictEqual(answer.body.error.fields, {
    "companies.1": "must be a name, or companyName and companyUrl",
  });
  const inside = await ask(user, "POST", "/research-batch", {
    companies: ["Acme", { companyName: "Bolt", companyUrl: "http://10.0.0.1" }],
  });
  strictEqual(inside.status, 422);
  deepStrictEqual(Object.keys(inside.body.error.fields), ["companies.1.companyUrl"]);
});

test("a stranger's research and batch are not found", async () => {
  const [user, stranger] = [await signUp(), await signUp()];
  const { jobId } = await research(user);
  const { body: batch } = await ask(user, "POST", "/research-batch", { companies: ["Acme"] });
  for (const id of [jobId, batch.jobId]) {
    strictEqual((await ask(stranger, "GET", `/research-status/${id}`)).status, 404);
  }
});

test("a result that is no object has no plain form", () => {
  strictEqual(plainResults(null), null);
  deepStrictEqual(plainResults({}), {
    salaryRange: null,
    sources: { website: null, github: null },
  });
});
