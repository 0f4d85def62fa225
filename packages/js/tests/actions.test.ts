/** Retry, cancel and reset: what a row is shown as before, while and after the call is answered. */
import assert from "node:assert/strict";
import { type Action, ActionRefused, type LiveRows } from "../src/index.ts";
import { advance, installClock } from "./clock.ts";
import type { Row } from "./stand.ts";
import { completed, example, job, readsSince, running, until } from "./watching.ts";

installClock();

const { id: ID } = job(1);

function failed(fields: Partial<Row> = {}): Row {
  const processing_error = { code: "timeout", message: "It took too long." };
  const failure = { processing_status: "failed", processing_progress: 40, processing_error };
  return { ...running(1, 1), ...failure, ...fields };
}

/** The same row after the database has queued it again. */
const QUEUED: Row = {
  ...running(1, 2),
  processing_run: 2,
  processing_status: "pending",
  processing_progress: 0,
  processing_error: null,
};

const CANCELLED: Row = { ...running(1, 2), processing_run: 2, processing_status: "cancelled" };

/** The statuses that the row is shown with, one after the other. */
function statusesOf(live: LiveRows<Row>): unknown[] {
  const seen: unknown[] = [];
  live.subscribe(() => {
    const status = live.get(ID)?.processing_status;
    if (status !== seen.at(-1)) seen.push(status);
  });
  return seen;
}

/** A call that is answered when the test says so. */
function heldCall() {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const actions: Action[] = [];
  const call = (action: Action) => {
    actions.push(action);
    return promise;
  };
  return { call, actions, resolve, reject };
}

example("a retry is shown at once, then as the function `api` answered, and never older", async (
  stand,
  live,
) => {
  const answer = Promise.withResolvers<Response>();
  stand.onCall = () => answer.promise;
  const seen = statusesOf(live);
  const asked = live.retry(ID, { fresh: true });
  const { processing_status, processing_progress, processing_error } = live.get(ID)!;
  assert.deepEqual([processing_status, processing_progress, processing_error], [
    "pending",
    0,
    null,
  ]);
  assert.equal(live.view.rows[0], live.get(ID));
  answer.resolve(Response.json(QUEUED));
  await asked;
  assert.deepEqual(stand.calls, [{
    path: `api/processing/jobs/${ID}/retry`,
    body: { fresh: true },
  }]);
  assert.deepEqual(live.view.rows, [QUEUED]);
  stand.emit("UPDATE", failed()); // comes late
  stand.write(completed(2, 3), "INSERT");
  await until(live, () => live.view.rows.length === 2);
  assert.deepEqual(seen, ["pending"]);
}, [failed()]);

example("what the function refuses is taken back, and its code and words are thrown", async (
  stand,
  live,
) => {
  const error = { code: "too_many_runs", message: "Try again tomorrow." };
  stand.onCall = () => Response.json({ error }, { status: 429 });
  const seen = statusesOf(live);
  await assert.rejects(live.retry(ID), (thrown) => {
    assert.ok(thrown instanceof ActionRefused);
    assert.deepEqual([thrown.code, thrown.message], [error.code, error.message]);
    return true;
  });
  assert.deepEqual(seen, ["pending", "failed"]);
  assert.deepEqual(live.view.rows, [failed()]);
}, [failed()]);

example("a refusal in other words has a message all the same, and no code", async (stand, live) => {
  stand.onCall = () => Response.json({ error: "not yours" }, { status: 403 });
  await assert.rejects(live.retry(ID), (thrown) => {
    assert.ok(thrown instanceof ActionRefused);
    assert.equal(thrown.code, undefined);
    assert.match(thrown.message, /Edge Function/);
    return true;
  });
}, [failed()]);

const cancelling = heldCall();
example(
  "a cancelled row stays so while late progress comes in",
  async (stand, live) => {
    const seen = statusesOf(live);
    const asked = live.cancel(ID);
    assert.deepEqual(seen, ["cancelled"]);
    stand.write({ ...running(1, 1), processing_progress: 60 }, "UPDATE");
    stand.write(completed(2), "INSERT");
    await until(live, () => live.view.rows.length === 2);
    cancelling.resolve(CANCELLED);
    await asked;
    stand.emit("UPDATE", { ...running(1, 1), processing_progress: 70 });
    stand.write(completed(3), "INSERT");
    await until(live, () => live.view.rows.length === 3);
    assert.deepEqual(seen, ["cancelled"]);
    assert.deepEqual(live.get(ID), { ...CANCELLED, processing_progress: 60 });
    const [{ verb, schema, table, key }] = cancelling.actions;
    assert.deepEqual([verb, schema, table, key], ["cancel", "public", "jobs", ID]);
  },
  [running(1)],
  { call: cancelling.call },
);

const overtaken = heldCall();
example(
  "a row that ends before it could be cancelled is shown as it ended",
  async (stand, live) => {
    const seen = statusesOf(live);
    const asked = live.cancel(ID);
    stand.write(completed(1, 2), "UPDATE");
    await until(live, () => live.get(ID)!.processing_status === "completed");
    overtaken.resolve(completed(1, 2));
    await asked;
    assert.deepEqual(seen, ["cancelled", "completed"]);
  },
  [running(1)],
  { call: overtaken.call },
);

const quick = heldCall();
example(
  "a run that a worker begins before the call is answered is shown",
  async (stand, live) => {
    const seen = statusesOf(live);
    const asked = live.retry(ID);
    stand.write({ ...running(1, 3), processing_run: 3 }, "UPDATE");
    await until(live, () => live.get(ID)!.processing_status === "processing");
    quick.resolve(QUEUED);
    await asked;
    assert.deepEqual(seen, ["pending", "processing"]);
    assert.equal(live.get(ID)!.processing_run, 3);
  },
  [failed()],
  { call: quick.call },
);

const wordless = heldCall();
example(
  "a call that does not answer the row has it read, and it stays as shown until then",
  async (stand, live) => {
    const seen = statusesOf(live);
    const asked = live.retry(ID);
    stand.held = [];
    const read = stand.nextRead();
    stand.rows.set(ID, QUEUED); // its event is lost
    wordless.resolve({ status: "pending" });
    await asked;
    advance(60);
    await read;
    assert.deepEqual(seen, ["pending"]);
    stand.answerNext();
    await until(live, () => live.get(ID)!.processing_run === 2);
    assert.deepEqual(seen, ["pending"]);
  },
  [failed()],
  { call: wordless.call },
);

const twice = [heldCall(), heldCall()];
example(
  "the later of two actions counts, whichever is answered first",
  async (_stand, live) => {
    const seen = statusesOf(live);
    const cancelled = live.cancel(ID);
    const retried = live.retry(ID);
    assert.equal(live.get(ID)!.processing_status, "pending");
    twice[0].resolve(CANCELLED);
    await cancelled;
    assert.equal(live.get(ID)!.processing_status, "pending");
    twice[1].resolve({ ...QUEUED, processing_run: 3 });
    await retried;
    assert.deepEqual(seen, ["cancelled", "pending"]);
  },
  [running(1)],
  { call: (action) => twice[action.verb === "cancel" ? 0 : 1].call(action) },
);

const stopped = [heldCall(), heldCall()];
example(
  "a retry that is taken back at once is shown as cancelled",
  async (stand, live) => {
    const seen = statusesOf(live);
    const retried = live.retry(ID);
    const cancelled = live.cancel(ID);
    stand.emit("UPDATE", failed({ title: "edited", updated_at: job(1, 5).updated_at }));
    await until(live, () => live.get(ID)!.title === "edited");
    stopped[0].resolve(QUEUED);
    await retried;
    assert.equal(live.get(ID)!.processing_status, "cancelled");
    stopped[1].resolve({ ...CANCELLED, processing_run: 3 });
    await cancelled;
    assert.deepEqual(seen, ["pending", "cancelled"]);
    assert.equal(live.get(ID)!.processing_run, 3);
  },
  [failed()],
  { call: (action) => stopped[action.verb === "retry" ? 0 : 1].call(action) },
);

const EDITED = { ...completed(1), processing_edited: ["title", "pay"] };
const reset = heldCall();
example(
  "columns that are handed back are no longer shown as edited",
  async (_stand, live) => {
    const asked = live.resetToAutomatic(ID, ["pay"]);
    assert.deepEqual(live.get(ID)!.processing_edited, ["title"]);
    reset.resolve({ ...EDITED, processing_edited: ["title"] });
    await asked;
    assert.deepEqual(live.get(ID)!.processing_edited, ["title"]);
    assert.deepEqual(reset.actions[0].columns, ["pay"]);
  },
  [EDITED],
  { call: reset.call },
);

const handedBack = heldCall();
example(
  "what is asked for is shown until the row was read after the answer",
  async (stand, live) => {
    const asked = live.resetToAutomatic(ID);
    assert.deepEqual(live.get(ID)!.processing_edited, []);
    stand.held = [];
    const read = stand.nextRead();
    handedBack.resolve(null);
    await asked;
    advance(60);
    await read;
    assert.deepEqual(live.get(ID)!.processing_edited, []);
    stand.answerNext(); // nothing was handed back, whatever the call said
    await until(live, () => (live.get(ID)!.processing_edited as string[]).length === 2);
  },
  [EDITED],
  { call: handedBack.call },
);

const useless = heldCall();
example(
  "a row that cannot be cancelled any more is not shown as cancelled",
  async (stand, live) => {
    const seen = statusesOf(live);
    const asked = live.cancel(ID);
    useless.resolve(completed(1));
    await asked;
    await readsSince(stand, 0);
    assert.deepEqual(seen, []);
  },
  [completed(1)],
  { call: useless.call },
);

const unanswered = heldCall();
example(
  "a call that is never answered is given up, and the row shown as it is",
  async (stand, live) => {
    const seen = statusesOf(live);
    const refused = assert.rejects(live.cancel(ID), (thrown) => {
      assert.ok(thrown instanceof ActionRefused);
      assert.deepEqual([thrown.code, /in time/.test(thrown.message)], [undefined, true]);
      return true;
    });
    const before = stand.reads.length;
    stand.held = [];
    const read = stand.nextRead();
    advance(30_000);
    await refused;
    advance(60);
    await read;
    assert.deepEqual(seen, ["cancelled"]);
    stand.answerNext();
    await until(live, () => live.get(ID)!.processing_status === "processing");
    assert.equal(stand.reads[before].searchParams.get("id"), `in.(${ID})`);
    unanswered.resolve(CANCELLED); // too late: the row is read when something tells of it
    await readsSince(stand, 0);
    assert.deepEqual(seen, ["cancelled", "processing"]);
  },
  [running(1)],
  { call: unanswered.call, timing: { againMinMs: 60_000, againMaxMs: 60_000 } },
);

const ordered = [heldCall(), heldCall(), heldCall()];
example(
  "an action of a row waits for the one before it, also if that is refused",
  async (_stand, live) => {
    const [cancelling, retrying, other] = ordered;
    const cancelled = assert.rejects(live.cancel(ID), /not now/);
    const retried = live.retry(ID);
    assert.equal(live.get(ID)!.processing_status, "pending"); // is shown at once all the same
    const elsewhere = live.cancel(job(2).id);
    other.resolve({ ...CANCELLED, id: job(2).id });
    await elsewhere;
    assert.deepEqual(retrying.actions, []);
    cancelling.reject(new Error("not now"));
    await cancelled;
    retrying.resolve(QUEUED);
    await retried;
    assert.equal(retrying.actions.length, 1);
  },
  [running(1), running(2)],
  {
    call: (action) =>
      ordered[action.key !== ID ? 2 : action.verb === "cancel" ? 0 : 1].call(action),
  },
);
