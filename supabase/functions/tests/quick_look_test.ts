import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";

import { guessFromAddress } from "../api/quick_look/address.ts";
import { quickLook } from "../api/quick_look/quick_look.ts";
import { guessFromText } from "../api/quick_look/text.ts";
import { ask, signUp, withVariables } from "./support.ts";

const { test } = Deno;

const ADDRESSES: [address: string, title: string | undefined, company: string | undefined][] = [
  ["https://boards.greenhouse.io/acme/jobs/4711", undefined, "Acme"],
  ["https://job-boards.eu.greenhouse.io/acme-labs/jobs/4711?gh_src=x", undefined, "Acme Labs"],
  ["https://boards.greenhouse.io/embed/job_app?for=acme&token=4711", undefined, "Acme"],
  ["https://jobs.lever.co/acme/0f1e2d3c", undefined, "Acme"],
  ["https://jobs.ashbyhq.com/Acme%20Labs/0f1e2d3c", undefined, "Acme Labs"],
  [
    "https://acme.wd3.myworkdayjobs.com/en-US/External/job/Vienna/Senior-Baker_R-0042",
    "Senior Baker",
    "Acme",
  ],
  ["https://jobs.smartrecruiters.com/Acme/7439990-senior-baker", "Senior Baker", "Acme"],
  ["https://apply.workable.com/acme/j/0A1B2C/", undefined, "Acme"],
  ["https://acme.recruitee.com/o/senior-baker", "Senior Baker", "Acme"],
  ["https://acme.jobs.personio.de/job/4711", undefined, "Acme"],
  ["https://acme.teamtailor.com/jobs/4711-senior-baker", "Senior Baker", "Acme"],
  ["https://www.linkedin.com/jobs/view/senior-baker-at-acme-labs-4711", "Senior Baker", "Acme Labs"],
  ["https://www.linkedin.com/jobs/view/4711", undefined, undefined],
  ["https://www.indeed.com/viewjob?jk=4711", undefined, undefined],
  ["https://careers.acme.co.uk/jobs/calibration-engineer.html", "Calibration Engineer", "Acme"],
  ["https://acme.com/careers/open/bench-joiner/", "Bench Joiner", "Acme"],
  ["https://acme.com/about-us", undefined, "Acme"],
  ["https://acme.com/jobs/4711", undefined, "Acme"],
  ["https://acme.com/jobs/%E0%A4%A", undefined, "Acme"],
  ["http://203.0.113.7/jobs/bench-joiner", undefined, undefined],
];

for (const [address, title, company] of ADDRESSES) {
  test(`the address ${address}`, () => {
    const { job_title, company_name } = guessFromAddress(address);
    deepStrictEqual([job_title, company_name], [title, company]);
  });
}

const TEXTS: [text: string, title: string | undefined, company: string | undefined][] = [
  ["# Bench Joiner\n\nWe make benches.", "Bench Joiner", undefined],
  ["Bench Joiner at Acme Labs\n\nWe make benches.", "Bench Joiner", "Acme Labs"],
  ["**Job title:** Bench Joiner\n**Company:** Acme", "Bench Joiner", "Acme"],
  ["Acme is hiring a Bench Joiner in Vienna.", "Bench Joiner", "Acme"],
  ["We are looking for a Bench Joiner.", undefined, undefined],
  ["# About us\n\nWe make benches.", undefined, undefined],
  ["Some text about nothing in particular.", undefined, undefined],
];

for (const [text, title, company] of TEXTS) {
  test(`the text ${JSON.stringify(text)}`, () => {
    const { job_title, company_name } = guessFromText(text);
    deepStrictEqual([job_title, company_name], [title, company]);
  });
}

test("a hostile text costs no time", () => {
  const started = performance.now();
  for (const piece of ["A ", "Aa & ", "# ", "title:", "\n\n", "Acme is hiring a A "]) {
    guessFromText(piece.repeat(100_000 / piece.length));
  }
  ok(performance.now() - started < 500);
});

type Exchange = { authorization: string | null; path: string; body: Record<string, unknown> };

/**
 * Calls `run` with a local server in place of the model. The list grows with each request to the
 * server.
 */
async function withModel(
  answer: (asked: Exchange) => Response | Promise<Response>,
  run: (asked: Exchange[]) => Promise<void>,
) {
  const asked: Exchange[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    asked.push({
      authorization: request.headers.get("authorization"),
      path: new URL(request.url).pathname,
      body: await request.json(),
    });
    return answer(asked.at(-1)!);
  });
  const base = `http://127.0.0.1:${server.addr.port}/v1/`;
  try {
    await withVariables({ OPENAI_API_KEY: "sk-test", OPENAI_BASE_URL: base }, () => run(asked));
  } finally {
    await server.shutdown();
  }
}

const completion = (content: string) =>
  Response.json({ object: "chat.completion", choices: [{ index: 0, message: { content } }] });

const POSTING = { text: "Bakers wanted. Write to the Acme Labs, Vienna, for our Night Baker post." };

test("a model fills in what the rules leave open, and only what stands in the text", async () => {
  const guess = JSON.stringify({ job_title: "Night Baker", company_name: "Initech" });
  await withModel(() => completion(guess), async () => {
    deepStrictEqual(await quickLook(POSTING), { job_title: "Night Baker" });
  });
});

test("the model gets the text between fences, no tools, and must answer in a schema", async () => {
  await withModel(() => completion("{}"), async (asked) => {
    await quickLook(POSTING);
    const [{ authorization, path, body }] = asked as [Exchange];
    deepStrictEqual([authorization, path], ["Bearer sk-test", "/v1/chat/completions"]);
    strictEqual(body.tools, undefined);
    strictEqual((body.response_format as { type: string }).type, "json_schema");
    ok(JSON.stringify(body.messages).includes("Night Baker"));
  });
});

test("no model is asked when the rules say everything", async () => {
  await withModel(() => completion("{}"), async (asked) => {
    await quickLook({ address: "https://acme.recruitee.com/o/senior-baker" });
    strictEqual(asked.length, 0);
  });
});

for (
  const [trouble, answer] of [
    ["an error", () => new Response("no", { status: 500 })],
    ["a page", () => new Response("<html>", { headers: { "content-type": "text/html" } })],
    ["prose", () => completion("The employer is Acme Labs.")],
    ["a redirect", () => Response.redirect("http://127.0.0.1:1/")],
  ] as const
) {
  test(`a model that answers with ${trouble} stops no row`, async () => {
    await withModel(answer, async () => {
      const { status, body } = await ask(await signUp(), "POST", "/job-positions/by-description", {
        jobDescription: POSTING.text,
      });
      strictEqual(status, 201);
      strictEqual(body.quick_look, null);
    });
  });
}

test("a model that does not answer is left after four seconds", async () => {
  const never = Promise.withResolvers<Response>();
  await withModel(() => never.promise, async () => {
    const started = performance.now();
    const { status } = await ask(await signUp(), "POST", "/job-positions/by-description", {
      jobDescription: POSTING.text,
    });
    const took = performance.now() - started;
    never.resolve(new Response());
    strictEqual(status, 201);
    ok(took > 3900 && took < 5000, `${took} ms`);
  });
});
