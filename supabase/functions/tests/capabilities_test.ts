import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";

import { ask, codeOf, signUp, worker } from "./support.ts";

const { test } = Deno;

const processing = worker.schema("processing");

test("a user learns whether rows are worked on and what is set up, and nothing else", async () => {
  const me = crypto.randomUUID();
  const told = await processing.rpc("heartbeat", {
    worker: me,
    held: [],
    info: {
      name: "a host of the operator",
      pipelines: ["analyse-interview"],
      services: { speech_to_text: false },
    },
  });
  strictEqual(told.error, null);
  const { status, body, headers } = await ask(await signUp(), "GET", "/capabilities");
  await processing.rpc("sign_off", { worker: me });
  strictEqual(status, 200);
  strictEqual(headers.get("cache-control"), "no-store");
  deepStrictEqual(Object.keys(body).sort(), ["companies", "interviews", "positions"]);
  strictEqual(body.interviews.served, true);
  strictEqual(body.interviews.services.speech_to_text, false);
  deepStrictEqual(Object.keys(body.interviews).sort(), ["paused", "served", "services"]);
  ok(!JSON.stringify(body).includes("operator"));
});

test("who is not signed in learns nothing", async () => {
  const answer = await ask(null, "GET", "/capabilities");
  strictEqual(answer.status, 401);
  strictEqual(codeOf(answer), "unauthorized");
});
