/** What is said of reads that fail, and that nothing is forgotten over it. */
import assert from "node:assert/strict";
import { liveRows } from "../src/index.ts";
import { test } from "node:test";
import { advance, installClock } from "./clock.ts";
import { type Row, Stand } from "./stand.ts";
import { completed, example, job, readsSince, running, titles, until } from "./watching.ts";

installClock();

const AGAIN_MS = 28_000;

/** Collects what is said to the console meanwhile. */
async function hearing(kind: "warn" | "error", run: (said: string[]) => Promise<void>) {
  const said: string[] = [];
  const { [kind]: before } = console;
  console[kind] = (...words) => said.push(words.join(" "));
  try {
    await run(said);
  } finally {
    console[kind] = before;
  }
}

const LASTING = [
  { status: 403, code: "42501", message: "permission denied for table jobs" },
  { status: 401, code: "42501", message: "permission denied for table jobs" },
  { status: 400, code: "42703", message: "column jobs.id does not exist" },
  { status: 500, code: "42P17", message: 'infinite recursion detected in policy for "jobs"' },
  { status: 404, code: "PGRST205", message: "Could not find the table 'public.jobs'" },
  { status: 406, code: "PGRST106", message: "The schema must be one of the following: public" },
];

for (const failure of LASTING) {
  const { status, code, message } = failure;
  test(`a read that fails for ever is said once, and while it does: ${status} ${code}`, async () => {
    await hearing("warn", async (said) => {
      const stand = Object.assign(new Stand(), { failing: 3, failure });
      stand.write(job(1));
      const live = liveRows<Row>(stand.client, { table: "jobs" });
      const seen: unknown[] = [];
      live.subscribe(() => seen.push([live.view.problem?.code, live.view.loaded]));
      try {
        await until(live, () => live.view.problem !== null);
        assert.equal(live.view.problem!.message, message);
        while (!live.view.complete) {
          advance(4_000);
          await readsSince(stand, 0);
        }
        assert.deepEqual([live.view.problem, titles(live)], [null, ["job 1"]]);
        assert.deepEqual(seen.slice(0, 2), [[code, false], [undefined, true]]);
        assert.equal(said.length, 1);
        assert.ok(said[0].includes("jobs") && said[0].includes(code) && said[0].includes(message));
      } finally {
        live.close();
        await stand.close();
      }
    });
  });
}

const PASSING = [
  { status: 503, code: "PGRST002", message: "Could not query the database for the schema cache." },
  { status: 401, code: "PGRST303", message: "JWT expired" },
  { status: 429, code: "", message: "Too many requests" },
  { status: 408, code: "", message: "Request timeout" },
  { status: 500, code: "57014", message: "canceling statement due to statement timeout" },
];

for (const failure of PASSING) {
  example(`of a failure that passes nothing is said: ${failure.status} ${failure.code}`, async (
    stand,
    live,
  ) => {
    await hearing("warn", async (said) => {
      Object.assign(stand, { failing: 2, failure });
      stand.write(completed(1, 1));
      const problems = new Set<unknown>();
      advance(AGAIN_MS);
      while (titles(live)[0] !== "result 1") {
        await readsSince(stand, 0);
        problems.add(live.view.problem);
        advance(2_000);
      }
      assert.deepEqual([[...problems], said, stand.failing], [[null], [], 0]);
    });
  }, [running(1)]);
}

let isBroken = false;
example(
  "rows that an event told of are read although the caller's function throws once",
  async (stand, live) => {
    await hearing("error", async (said) => {
      isBroken = true;
      const large = completed(2, 1);
      stand.write(large, "UPDATE", { id: large.id }, ["Error 413: Payload Too Large"]);
      stand.write(job(3), "INSERT");
      await until(live, () => live.view.rows.length === 3);
      advance(AGAIN_MS);
      while (!said.length) await readsSince(stand, 0);
      isBroken = false;
      advance(1_000);
      await until(live, () => titles(live).includes("result 2"));
      assert.deepEqual(said, ["Error: no such status"]);
    });
  },
  [running(1), running(2)],
  {
    final: () => {
      if (isBroken) throw new Error("no such status");
      return false;
    },
  },
);

test("a key of two columns is refused with what to do", async () => {
  const stand = new Stand();
  const keys = [["a", "b"], "a,b"] as unknown as string[];
  for (const key of keys) {
    assert.throws(() => liveRows(stand.client, { table: "jobs", key } as never), /one column/);
  }
  await stand.close();
});
