import { deepStrictEqual, strictEqual } from "node:assert/strict";

import { ask, codeOf, newPosition, signUp, type User, worker } from "./support.ts";

const { test } = Deno;

type Status = "pending" | "processing" | "completed" | "failed" | "cancelled";

/** Adds one position for each of these statuses, and returns their ids. */
async function positionsOf(user: User, ...statuses: Status[]): Promise<string[]> {
  const ids = [];
  for (const processing_status of statuses) {
    const { id } = await newPosition(user);
    if (processing_status !== "pending") {
      await worker.from("job_positions").update({ processing_status }).eq("id", id);
    }
    ids.push(id);
  }
  return ids;
}

async function statusesOf(user: User, ids: string[]): Promise<unknown[]> {
  const { data } = await user.database.from("job_positions").select("id, processing_status");
  return ids.map((id) => data!.find((row) => row.id === id)!.processing_status);
}

test("of many rows those that wait are cancelled, and those that ended stay as they are", async () => {
  const user = await signUp();
  const ids = await positionsOf(user, "pending", "pending", "completed", "failed");
  const { status, body } = await ask(user, "POST", "/processing/job_positions/cancel", { ids });
  strictEqual(status, 200);
  deepStrictEqual(body, { changed: 2, unchanged: 2, missing: 0, refused: [] });
  deepStrictEqual(await statusesOf(user, ids), ["cancelled", "cancelled", "completed", "failed"]);
});

test("of many rows those that failed run again, and nothing is paid anew for a finished one", async () => {
  const user = await signUp();
  const ids = await positionsOf(user, "failed", "cancelled", "completed", "pending");
  const { body } = await ask(user, "POST", "/processing/job_positions/retry", { ids });
  deepStrictEqual(body, { changed: 2, unchanged: 2, missing: 0, refused: [] });
  deepStrictEqual(await statusesOf(user, ids), ["pending", "pending", "completed", "pending"]);
});

test("a row that may not run again does not keep the others from it", async () => {
  const user = await signUp();
  const [often, once] = await positionsOf(user, "failed", "failed");
  for (let time = 1; time <= 10; time++) {
    await ask(user, "POST", `/processing/job_positions/${often}/retry`);
    await worker.from("job_positions").update({ processing_status: "failed" }).eq("id", often!);
  }
  const ids = [often!, once!];
  const { body } = await ask(user, "POST", "/processing/job_positions/retry", { ids });
  strictEqual(body.changed, 1);
  deepStrictEqual(
    body.refused.map(({ id, code }: { id: string; code: string }) => [id, code]),
    [[often, "too_many_runs"]],
  );
});

for (const verb of ["retry", "cancel"]) {
  test(`${verb} of many rows finds none of a stranger's, and leaves them alone`, async () => {
    const user = await signUp();
    const ids = await positionsOf(user, "pending", "failed");
    const answer = await ask(await signUp(), "POST", `/processing/job_positions/${verb}`, { ids });
    deepStrictEqual(answer.body, { changed: 0, unchanged: 0, missing: 2, refused: [] });
    deepStrictEqual(await statusesOf(user, ids), ["pending", "failed"]);
  });
}

test("a row that is named twice is counted once", async () => {
  const user = await signUp();
  const [id] = await positionsOf(user, "pending");
  const { body } = await ask(user, "POST", "/processing/job_positions/cancel", { ids: [id, id] });
  deepStrictEqual(body, { changed: 1, unchanged: 0, missing: 0, refused: [] });
});

test("a table that is no queue, or none of the user's, has no rows to change", async () => {
  const user = await signUp();
  for (const table of ["companies", "batch_jobs", "storage_deletions", "unheard_of"]) {
    const ids = [crypto.randomUUID()];
    const { status } = await ask(user, "POST", `/processing/${table}/cancel`, { ids });
    strictEqual(status, 404, table);
  }
});

test("no request names more than 100 rows, or none", async () => {
  const user = await signUp();
  for (const [count, reason] of [[0, "empty"], [101, "too_many_rows"]] as const) {
    const ids = Array.from({ length: count }, () => crypto.randomUUID());
    const answer = await ask(user, "POST", "/processing/job_positions/cancel", { ids });
    strictEqual(answer.status, 400);
    strictEqual(codeOf(answer), "invalid_request");
    strictEqual(typeof answer.body.error.fields.ids, "string");
    strictEqual(answer.body.error.reasons.ids.code, reason);
  }
});
