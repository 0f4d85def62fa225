import { match, notStrictEqual, ok, strictEqual } from "node:assert/strict";

import { exportJWK, generateKeyPair, SignJWT } from "jose";

import { ask, codeOf, signUp, stackUrl, withVariables } from "./support.ts";

const { test } = Deno;

const BY_URL = "/job-positions/by-url";
const POSITION = { jobUrl: "https://example.com/jobs/baker" };

/**
 * Calls `run` with a function that signs tokens; meanwhile the handler accepts only these tokens.
 */
async function withOwnKey(run: (token: (expires: string) => Promise<string>) => Promise<void>) {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const jwk = { ...await exportJWK(publicKey), kid: "test", alg: "ES256" };
  const sign = (expires: string) =>
    new SignJWT({ role: "authenticated" }).setSubject(crypto.randomUUID())
      .setProtectedHeader({ alg: "ES256", kid: "test" }).setExpirationTime(expires)
      .sign(privateKey);
  await withVariables({ SUPABASE_JWKS: JSON.stringify({ keys: [jwk] }) }, () => run(sign));
}

test("what is wrong with a request is answered with a status and a message", async (t) => {
  const user = await signUp();
  const foreign = crypto.randomUUID();
  const analyse = "/timeline-items/analyse-interview";
  const description = "/job-positions/by-description";
  const mock = "/mock-interview/analyse";
  const cases: [name: string, status: number, message: RegExp, ...Parameters<typeof ask>][] = [
    ["empty body", 400, /jobUrl: is required/, user, "POST", BY_URL],
    ["empty object", 400, /companyName: is required/, user, "POST", "/research-direct", {}],
    ["not an object", 400, /body: must be an object/, user, "POST", BY_URL, []],
    ["null", 400, /body: must be an object/, user, "POST", BY_URL, null],
    ["broken JSON", 400, /not JSON/, user, "POST", BY_URL, undefined, { raw: "{" }],
    ["wrong type", 400, /jobUrl: must be a text/, user, "POST", BY_URL, { jobUrl: 1 }],
    ["wrong flag", 400, /deepMode: must be true or false/, user, "POST", "/research-direct", {
      companyName: "Acme",
      deepMode: "yes",
    }],
    ["unknown field", 400, /url: is not a field/, user, "POST", BY_URL, { ...POSITION, url: "" }],
    ["field of every object", 400, /constructor: is not a field/, user, "POST", BY_URL, {
      ...POSITION,
      constructor: 1,
    }],
    ["blank text", 400, /must not be empty/, user, "POST", description, { jobDescription: " \n" }],
    ["NUL in a text", 400, /NUL/, user, "POST", description, { jobDescription: "a\0b" }],
    ["half a character", 400, /Unicode/, user, "POST", description, { jobDescription: "\ud800" }],
    ["ftp: address", 400, /http:\/\/ or https:\/\//, user, "POST", BY_URL, {
      jobUrl: "ftp://example.com/job",
    }],
    ["javascript: address", 400, /http:\/\/ or https:\/\//, user, "POST", BY_URL, {
      jobUrl: "javascript:alert(1)",
    }],
    ["private address", 422, /private network/, user, "POST", BY_URL, {
      jobUrl: "http://192.168.0.1/job",
    }],
    ["localhost", 422, /private network/, user, "POST", "/research-direct", {
      companyName: "Acme",
      companyUrl: "http://localhost/",
    }],
    ["foreign storage path", 403, /own folder/, user, "POST", analyse, {
      interviewPath: `${foreign}/talk.mp3`,
    }],
    ["path out of the folder", 422, /recording/, user, "POST", analyse, {
      interviewPath: `${user.id}/../${foreign}/talk.mp3`,
    }],
    ["unsupported audio", 422, /mp3/, user, "POST", analyse, {
      interviewPath: `${user.id}/talk.exe`,
    }],
    ["foreign position", 403, /not yours/, user, "POST", "/research-direct", {
      companyName: "Acme",
      jobPositionId: foreign,
    }],
    ["101 companies", 400, /at most 100/, user, "POST", "/research-batch", {
      companies: Array(101).fill("Acme"),
    }],
    ["companies of 800 kB", 400, /companies: must take at most/, user, "POST", "/research-batch", {
      companies: Array(100).fill({
        companyName: "Acme",
        companyUrl: `https://acme.example/${"\u00fc".repeat(2000)}`,
      }),
    }],
    ["1e5000 seconds", 400, /transcript.0.end: is too large/, user, "POST", mock, undefined, {
      raw: '{"transcript": [{"id": 0, "speaker": 0, "sentence": "Why?", "end": 1e5000}]}',
    }],
    ["1e5000 as a speaker", 400, /candidateSpeaker: must be/, user, "POST", mock, undefined, {
      raw: '{"transcript": [{"id": 0, "speaker": 0, "sentence": "a"}], "candidateSpeaker": 1e5000}',
    }],
    ["transcript of 1 MB", 400, /transcript: must take at most/, user, "POST", mock, {
      transcript: Array(50).fill({ id: 0, speaker: 0, sentence: "x".repeat(19_000) }),
    }],
    ["deep JSON", 400, /body: must be an object/, user, "POST", description, undefined, {
      raw: "[".repeat(100_000) + "]".repeat(100_000),
    }],
    [
      "deep JSON in a field",
      400,
      /jobDescription: must be a text/,
      user,
      "POST",
      description,
      undefined,
      { raw: `{"jobDescription": ${"[".repeat(100_000)}${"]".repeat(100_000)}}` },
    ],
    ["no field to change", 400, /at least one/, user, "PATCH", `/job-positions/${foreign}`, {}],
    ["malformed id", 400, /id: must be a UUID/, user, "PATCH", "/job-positions/1", {
      archived: true,
    }],
    ["unknown row", 404, /no longer there/, user, "PATCH", `/job-positions/${foreign}`, {
      archived: true,
    }],
    ["unknown route", 404, /no longer there/, user, "POST", "/job-position", {}],
    ["wrong method", 405, /Use POST here/, user, "PUT", "/research-direct", {}],
    ["body of 2 MB", 413, /larger than 1 MB/, user, "POST", BY_URL, {
      jobUrl: "x".repeat(2_000_000),
    }],
    ["form instead of JSON", 415, /not sent as JSON/, user, "POST", BY_URL, undefined, {
      raw: "jobUrl=x",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    }],
    ["no token", 401, /Sign in/, null, "POST", BY_URL, POSITION],
    ["malformed token", 401, /Sign in/, { token: "x.y.z" }, "POST", BY_URL, POSITION],
  ];
  await withOwnKey(async (sign) => {
    const expired = { token: await sign("1 hour ago") };
    const unknown = await ask(expired, "POST", BY_URL, POSITION);
    report("expired token", unknown.status, unknown.body.error);
    strictEqual(unknown.status, 401);
    match(unknown.body.error.message, /expired/);
  });
  for (const [name, status, message, ...request] of cases) {
    await t.step(name, async () => {
      const answer = await ask(...request);
      report(name, answer.status, answer.body.error);
      strictEqual(answer.status, status);
      match(said(answer.body.error), message);
      codeOf(answer);
    });
  }
});

type Said = { message: string; fields?: Record<string, string> };

function said({ message, fields }: Said): string {
  const details = Object.entries(fields ?? {}).map(([name, why]) => `${name}: ${why}`);
  return [message, ...details].join(" ");
}

function report(name: string, status: number, error: Said): void {
  console.log(`${name.padEnd(24)} ${status}  ${said(error)}`);
}

test("an API key is no user", async () => {
  const key = Deno.env.get("SUPABASE_PUBLISHABLE_KEY")!;
  strictEqual((await ask({ token: key }, "POST", BY_URL, POSITION)).status, 401);
});

test("a token that another project signed is refused", async () => {
  let token = "";
  await withOwnKey(async (sign) => {
    token = await sign("1 hour");
  });
  strictEqual((await ask({ token }, "POST", BY_URL, POSITION)).status, 401);
});

test("a request id is passed on, and made where there is none or a strange one", async () => {
  const user = await signUp();
  const given = await ask(user, "POST", BY_URL, POSITION, { headers: { "x-request-id": "abc-1" } });
  strictEqual(given.headers.get("x-request-id"), "abc-1");
  const strange = await ask(user, "POST", BY_URL, {}, { headers: { "x-request-id": "<b>" } });
  notStrictEqual(strange.headers.get("x-request-id"), "<b>");
  codeOf(strange);
});

test("a browser of any origin may ask, before and after it has signed in", async () => {
  const preflight = await ask(null, "OPTIONS", BY_URL, undefined, {
    headers: {
      origin: "https://app.example",
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization, apikey, content-type, x-client-info",
    },
  });
  strictEqual(preflight.status, 204);
  strictEqual(preflight.headers.get("access-control-allow-origin"), "*");
  match(preflight.headers.get("access-control-allow-headers")!, /x-client-info/);
  match(preflight.headers.get("access-control-allow-methods")!, /PATCH/);
  for (const user of [null, await signUp()]) {
    const { headers } = await ask(user, "POST", BY_URL, POSITION);
    strictEqual(headers.get("access-control-allow-origin"), "*");
    strictEqual(headers.get("access-control-expose-headers"), "x-request-id,retry-after");
  }
});

test("a wrong method is told the right one", async () => {
  const { headers } = await ask(await signUp(), "DELETE", "/research-direct");
  strictEqual(headers.get("allow"), "POST");
});

test("a database that does not answer is a 503, and a missing setting a 500", async () => {
  const user = await signUp();
  const jwks = await (await fetch(`${stackUrl}/auth/v1/.well-known/jwks.json`)).text();
  await withVariables({ SUPABASE_JWKS: jwks, SUPABASE_URL: "http://127.0.0.1:1" }, async () => {
    const answer = await ask(user, "POST", BY_URL, POSITION);
    strictEqual(answer.status, 503);
    strictEqual(codeOf(answer), "unavailable");
  });
  await withVariables({ SUPABASE_PUBLISHABLE_KEY: undefined }, async () => {
    const answer = await ask(user, "POST", BY_URL, POSITION);
    strictEqual(answer.status, 500);
    ok(!JSON.stringify(answer.body).includes("SUPABASE"), "settings are nobody's business");
  });
});
