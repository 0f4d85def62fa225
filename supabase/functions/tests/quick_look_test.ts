import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert/strict";

import { guessFromAddress } from "../api/quick_look/address.ts";
import { ApiError } from "../api/errors.ts";
import { type Bound, type End, type Till, unpaid } from "../api/paid.ts";
import { quickLook } from "../api/quick_look/quick_look.ts";
import { guessFromText } from "../api/quick_look/text.ts";
import { ask, signUp, type User, withVariables, worker } from "./support.ts";

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
  [
    "https://www.linkedin.com/jobs/view/senior-baker-at-acme-labs-4711",
    "Senior Baker",
    "Acme Labs",
  ],
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
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      asked.push({
        authorization: request.headers.get("authorization"),
        path: new URL(request.url).pathname,
        body: await request.json(),
      });
      return answer(asked.at(-1)!);
    },
  );
  const base = `http://127.0.0.1:${server.addr.port}/v1/`;
  try {
    await withVariables({ OPENAI_API_KEY: "sk-test", OPENAI_BASE_URL: base }, () => run(asked));
  } finally {
    await server.shutdown();
  }
}

const completion = (content: string) =>
  Response.json({ object: "chat.completion", choices: [{ index: 0, message: { content } }] });

/** A till that has enough, and notes what is reserved and how it ends. */
function fullTill(): Till & { bounds: Bound[]; ends: End[] } {
  const [bounds, ends]: [Bound[], End[]] = [[], []];
  return {
    bounds,
    ends,
    reserve: (bound) => {
      bounds.push(bound);
      return Promise.resolve({ settle: (end) => Promise.resolve(void ends.push(end)) });
    },
  };
}

const POSTING = {
  text: "Bakers wanted. Write to the Acme Labs, Vienna, for our Night Baker post.",
};

test("a model fills in what the rules leave open, and only what stands in the text", async () => {
  const guess = JSON.stringify({ job_title: "Night Baker", company_name: "Initech" });
  await withModel(() => completion(guess), async () => {
    deepStrictEqual(await quickLook(POSTING, fullTill()), { job_title: "Night Baker" });
  });
});

test("the model gets the text between fences, no tools, and must answer in a schema", async () => {
  await withModel(() => completion("{}"), async (asked) => {
    await quickLook(POSTING, fullTill());
    const [{ authorization, path, body }] = asked as [Exchange];
    deepStrictEqual([authorization, path], ["Bearer sk-test", "/v1/chat/completions"]);
    strictEqual(body.tools, undefined);
    strictEqual((body.response_format as { type: string }).type, "json_schema");
    ok(JSON.stringify(body.messages).includes("Night Baker"));
  });
});

test("no model is asked when the rules say everything", async () => {
  await withModel(() => completion("{}"), async (asked) => {
    await quickLook({ address: "https://acme.recruitee.com/o/senior-baker" }, fullTill());
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

const USAGE = { prompt_tokens: 300, completion_tokens: 20 };
const GUESS = JSON.stringify({ job_title: "Night Baker", company_name: null });

const billed = (content: string) =>
  Response.json({
    model: "gpt-5-mini-2026-01-01",
    choices: [{ message: { content } }],
    usage: USAGE,
  });

for (
  const [how, answer, end] of [
    ["was billed", () => billed(GUESS), {
      input_tokens: 300,
      output_tokens: 20,
      cost_usd: 0.000115,
      model: "gpt-5-mini-2026-01-01",
      step: "quick_look",
    }],
    ["was billed, and is of no use", () => billed("no"), {
      input_tokens: 300,
      output_tokens: 20,
      cost_usd: 0.000115,
      model: "gpt-5-mini-2026-01-01",
      step: "quick_look",
    }],
    ["has an error status", () => new Response("no", { status: 429 }), "unbilled"],
    ["does not say what it used", () => completion(GUESS), "unknown"],
    ["is no answer of a model", () => new Response("<html>"), "unknown"],
  ] as [string, () => Response, End][]
) {
  test(`an answer that ${how} is settled so`, async () => {
    await withModel(answer, async (asked) => {
      const till = fullTill();
      await quickLook(POSTING, till);
      deepStrictEqual(till.ends, [end]);
      const [{ body }] = asked as [Exchange];
      const bytes = new TextEncoder().encode(JSON.stringify(body.messages)).length;
      ok(till.bounds[0]!.input_tokens >= bytes);
      strictEqual(till.bounds[0]!.output_tokens, body.max_tokens);
    });
  });
}

test("the cost of another model is known only if its price is set", async () => {
  await withModel(() => billed(GUESS), async () => {
    const costs: (number | undefined)[] = [];
    for (const QUICK_LOOK_PRICE of [undefined, "1/10", "cheap"]) {
      await withVariables({ OPENAI_MODEL: "other", QUICK_LOOK_PRICE }, async () => {
        const till = fullTill();
        await quickLook(POSTING, till);
        costs.push((till.ends[0] as Bound).cost_usd);
      });
    }
    deepStrictEqual(costs, [undefined, 0.0005, undefined]);
  });
});

test("no model is asked when nothing can be reserved", async () => {
  await withModel(() => billed(GUESS), async (asked) => {
    const emptyTill: Till = { reserve: () => Promise.resolve(null) };
    strictEqual(await quickLook(POSTING, emptyTill), null);
    const failing: Till = { reserve: () => Promise.reject(new ApiError(429, "budget_reached")) };
    await rejects(quickLook(POSTING, failing), { code: "budget_reached" });
    strictEqual(asked.length, 0);
  });
});

test("a used up budget lets the row wait, or is an error, as the pipeline says", () => {
  const refused = { fails: true, busy: false, wait_seconds: 60 };
  strictEqual(unpaid({ ...refused, fails: false }), null);
  strictEqual(unpaid({ ...refused, busy: true }), null);
  throws(() => unpaid(refused), { status: 429, code: "budget_reached", retryAfter: 60 });
});

const PIPELINE = "enrich-job-position";
const contract = worker.schema("processing");

async function budget(user: User, measure: string, most: number): Promise<void> {
  const { error } = await contract.rpc("set_budget", {
    measure,
    most,
    operator: "ann",
    pipeline: PIPELINE,
    owner: user.id,
  });
  strictEqual(error, null);
}

async function used(user: User): Promise<Record<string, unknown>> {
  const { data } = await contract.rpc("budgets", { pipeline: PIPELINE });
  const lines = data as { owner: string; measure: string; spent: number; reserved: number }[];
  const own = lines.filter((line) => line.owner === user.id);
  return Object.fromEntries(own.map((line) => [line.measure, [line.spent, line.reserved]]));
}

const add = (user: User) =>
  ask(user, "POST", "/job-positions/by-description", { jobDescription: POSTING.text });

test("quick looks at the same time ask the model as often as the budget allows", async () => {
  const user = await signUp();
  await budget(user, "calls", 3);
  await withModel(() => billed(GUESS), async (asked) => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => add(user)));
    strictEqual(asked.length, 3);
    deepStrictEqual(answers.map(({ status }) => status), Array(8).fill(201));
    const guesses = answers.filter(({ body }) => body.quick_look !== null);
    deepStrictEqual(
      guesses.map(({ body }) => body.quick_look.job_title),
      Array(3).fill("Night Baker"),
    );
  });
  deepStrictEqual((await used(user)).calls, [3, 0]);
});

test("a quick look counts as what the model says that it used", async () => {
  const user = await signUp();
  await budget(user, "tokens", 100_000);
  await withModel(() => billed(GUESS), async () => {
    strictEqual((await add(user)).body.quick_look.job_title, "Night Baker");
  });
  deepStrictEqual((await used(user)).tokens, [320, 0]);
});

test("a quick look without an answer counts in full", async () => {
  const user = await signUp();
  await budget(user, "output_tokens", 100_000);
  await withModel(() => new Response("<html>"), async () => {
    strictEqual((await add(user)).status, 201);
  });
  deepStrictEqual((await used(user)).output_tokens, [1000, 0]);
});

test("nothing is paid for a row that is refused", async () => {
  const user = await signUp();
  await budget(user, "rows", 0);
  await withModel(() => billed(GUESS), async (asked) => {
    strictEqual((await add(user)).status, 429);
    strictEqual(asked.length, 0);
  });
});
