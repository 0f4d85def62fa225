import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";

import { ask, codeOf, newPosition, signUp, worker } from "./support.ts";

const { test } = Deno;

test("a failed row runs again when its owner asks for it", async () => {
  const user = await signUp();
  const { id } = await newPosition(user);
  await worker.from("job_positions").update({ processing_status: "failed" }).eq("id", id);
  const { status, body } = await ask(user, "POST", `/processing/job_positions/${id}/retry`);
  strictEqual(status, 200);
  strictEqual(body.id, id);
  strictEqual(body.processing_status, "pending");
});

test("a retry may ask for everything anew", async () => {
  const user = await signUp();
  const { id } = await newPosition(user);
  await worker.from("job_positions").update({ processing_status: "completed" }).eq("id", id);
  const { body } = await ask(user, "POST", `/processing/job_positions/${id}/retry`, {
    fresh: true,
  });
  strictEqual(body.processing_status, "pending");
});

test("a user cannot have everything paid anew without end", async () => {
  const user = await signUp();
  const { id } = await newPosition(user);
  const answers = [];
  for (let time = 1; time <= 11; time++) {
    await worker.from("job_positions").update({ processing_status: "completed" }).eq("id", id);
    answers.push(
      await ask(user, "POST", `/processing/job_positions/${id}/retry`, { fresh: true }),
    );
  }
  deepStrictEqual(answers.map(({ status }) => status), [...Array(10).fill(200), 429]);
  const refused = answers.at(-1)!;
  strictEqual(codeOf(refused), "too_many_runs");
  ok(Number(refused.headers.get("retry-after")) > 86_000);
});

test("a waiting row stops when its owner cancels it, and a finished one stays finished", async () => {
  const user = await signUp();
  const { id } = await newPosition(user);
  const { body } = await ask(user, "POST", `/processing/job_positions/${id}/cancel`);
  strictEqual(body.processing_status, "cancelled");
  await worker.from("job_positions").update({ processing_status: "completed" }).eq("id", id);
  const again = await ask(user, "POST", `/processing/job_positions/${id}/cancel`);
  strictEqual(again.body.processing_status, "completed");
});

for (const call of ["retry", "cancel", "reset"]) {
  test(`${call} finds no row of a stranger, and leaves it alone`, async () => {
    const user = await signUp();
    const { id } = await newPosition(user);
    const answer = await ask(await signUp(), "POST", `/processing/job_positions/${id}/${call}`);
    strictEqual(answer.status, 404);
    strictEqual(codeOf(answer), "not_found");
    const { data } = await user.database.from("job_positions").select().eq("id", id).single();
    strictEqual(data!.processing_status, "pending");
  });
}

test("a table that is no queue, or none of the user's, has no rows", async () => {
  const user = await signUp();
  const id = crypto.randomUUID();
  for (const table of ["companies", "batch_jobs", "storage_deletions", "unheard_of"]) {
    const { status } = await ask(user, "POST", `/processing/${table}/${id}/retry`);
    strictEqual(status, 404, table);
  }
});

test("a key that the table cannot have is not found", async () => {
  const { status } = await ask(await signUp(), "POST", "/processing/job_positions/4711/retry");
  strictEqual(status, 404);
});

test("a row that is no work cannot be run", async () => {
  const user = await signUp();
  const note = { type: "NOTE" as const, text: "Call back." };
  const { data } = await user.database.from("timeline_items")
    .insert(note as never).select("id").single();
  const answer = await ask(user, "POST", `/processing/timeline_items/${data!.id}/retry`);
  strictEqual(answer.status, 409);
  strictEqual(codeOf(answer), "conflict");
});

test("only a column that the worker fills in can be reset", async () => {
  const user = await signUp();
  const { id } = await newPosition(user);
  const answer = await ask(user, "POST", `/processing/job_positions/${id}/reset`, {
    columns: ["account_id"],
  });
  strictEqual(answer.status, 400);
  strictEqual(typeof answer.body.error.fields.columns, "string");
});
