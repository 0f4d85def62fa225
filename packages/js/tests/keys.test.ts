/** Tables whose key is not a uuid named `id`, and tables without `updated_at`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type LiveOptions, type LiveRows, liveRows } from "../src/index.ts";
import { advance, installClock } from "./clock.ts";
import type { Fields } from "./postgrest.ts";
import { OWNER, privateStand, tokenOf } from "./private-stand.ts";
import { Stand } from "./stand.ts";
import { readsSince, until } from "./watching.ts";

installClock();

const MINUTE_MS = 60_000;

/** A row with this key, as it is in this second. */
function row(key: Fields, second = 0, title = Object.values(key).join()): Fields {
  const updated_at = new Date(Date.UTC(2026, 10, 21, 10, 0, second)).toISOString();
  return { ...key, title, processing_status: "completed", updated_at };
}

function titlesOf(live: LiveRows<Fields>): string {
  return live.view.rows.map(({ title }) => title).join(" ");
}

/** A test over a table with these rows. */
function keyed(
  name: string,
  options: Partial<LiveOptions<Fields>>,
  rows: Fields[],
  run: (stand: Stand, live: LiveRows<Fields>) => Promise<void>,
  newStand = () => new Stand(),
): void {
  test(name, async () => {
    const stand = newStand();
    stand.key = options.key ?? "id";
    for (const one of rows) stand.write(one);
    const live = liveRows<Fields>(stand.client, { table: "jobs", ...options });
    try {
      await until(live, () => live.view.link === "live");
      await run(stand, live);
    } finally {
      live.close();
      await stand.close();
    }
  });
}

const UUIDS = ["1", "2", "3", "4", "5"].map((n) => `3f0c0f5e-8a8f-4f9a-9d2e-00000000000${n}`);
const STRANGE = ["a", "a b", "d,e", 'f",\\g', "in.(h)"]; // in their order

const KINDS: [string, string, unknown[]][] = [
  ["a uuid of another name", "job_uid", UUIDS],
  ["a bigint", "no", [9, 10, 11, 100, 2000]],
  ["a text with signs that PostgREST reads as its own", "slug", STRANGE],
];

for (const [kind, name, keys] of KINDS) {
  const rows = keys.map((key) => row({ [name]: key }));
  const [first, second, ...others] = rows;

  keyed(`${kind}: all pages are read`, { key: name, pageRows: 2 }, rows, (_stand, live) => {
    assert.deepEqual(live.view.rows, rows);
    return Promise.resolve();
  });

  keyed(`${kind}: events and reads find their row`, { key: name }, rows, async (stand, live) => {
    const before = stand.reads.length;
    const edited = (at: number) => row({ [name]: keys[at] }, 5, `edited ${at}`);
    stand.write(edited(0), "UPDATE");
    stand.erase(second);
    await until(live, () => live.view.rows.length === 4 && live.view.rows[0].title === "edited 0");
    assert.equal(stand.reads.length, before);
    for (const at of [2, 3, 4]) {
      stand.write(edited(at), "UPDATE", { [name]: keys[at] }, ["Error 413: Payload Too Large"]);
    }
    await until(live, () => titlesOf(live) === "edited 0 edited 2 edited 3 edited 4");
    assert.equal(stand.reads.length, before + 1);
    assert.deepEqual(live.get(keys[4] as string)!.title, "edited 4");
    stand.write(second, "INSERT");
    await until(live, () => live.get(keys[1] as string) !== undefined);
    assert.equal(first[name], keys[0]);
    assert.equal(others.length, 3);
  });

  keyed(`${kind}: a lost change and a lost deletion are found`, { key: name }, rows, async (
    stand,
    live,
  ) => {
    stand.write(row({ [name]: keys[3] }, 50, "changed"));
    stand.rows.delete(keys[1]);
    advance(MINUTE_MS);
    await until(live, () => live.get(keys[3] as string)!.title === "changed");
    await until(live, () => live.get(keys[1] as string) === undefined);
  });
}

const HUGE = [9007199254740992n, 9007199254740993n, 9007199254740994n];

keyed(
  "a bigint that JavaScript has no number for is kept apart as a text",
  { via: "broadcast", columns: "id::text,title,updated_at" },
  HUGE.map((id) => row({ id })),
  async (stand, live) => {
    assert.deepEqual(live.view.rows.map(({ id }) => id), HUGE.map(String));
    stand.write(row({ id: HUGE[1] }, 5, "changed"));
    stand.tell({ table: "public.jobs", rows: [{ id: String(HUGE[1]) }] });
    await until(live, () => live.get(HUGE[1])!.title === "changed");
    assert.deepEqual(live.view.rows.map(({ id }) => id), HUGE.map(String));
    assert.equal(stand.reads.at(-1)!.searchParams.get("id"), `in.(${HUGE[1]})`);
  },
  () => privateStand(() => Promise.resolve(tokenOf(OWNER))),
);

keyed(
  "where the columns are chosen, an event only says which row to read",
  { columns: "id,title" },
  [row({ id: 1 })],
  async (stand, live) => {
    stand.write(row({ id: 1 }, 5, "changed"), "UPDATE");
    await until(live, () => titlesOf(live) === "changed");
    assert.deepEqual(live.view.rows, [{ id: 1, title: "changed" }]);
    stand.erase({ id: 1 });
    await until(live, () => live.view.rows.length === 0);
  },
);

/** A row of a table that nobody gave a time. */
function timeless(id: number, title = `job ${id}`): Fields {
  return { id, title };
}

keyed(
  "without `updated_at` a lost change is there after a minute",
  {},
  [timeless(1), timeless(2)],
  async (stand, live) => {
    stand.write(timeless(1, "changed"));
    stand.rows.delete(2);
    advance(MINUTE_MS);
    await until(live, () => titlesOf(live) === "changed");
    const before = stand.reads.length;
    advance(MINUTE_MS);
    assert.equal((await readsSince(stand, before)).length, 1);
  },
);

keyed(
  "without `updated_at` a list of more than one answer is read every ten minutes",
  { pageRows: 2 },
  [timeless(1), timeless(2), timeless(3)],
  async (stand, live) => {
    const before = stand.reads.length;
    stand.write(timeless(3, "changed"));
    advance(MINUTE_MS);
    assert.deepEqual(await readsSince(stand, before), []);
    advance(9 * MINUTE_MS);
    await until(live, () => titlesOf(live) === "job 1 job 2 changed");
  },
);

keyed(
  "the time may have another name",
  { updatedAt: "changed_at" },
  [{ id: 1, title: "a", changed_at: "2026-11-21T10:00:00+00:00" }],
  async (stand, live) => {
    const later = { id: 1, title: "b", changed_at: "2026-11-21T10:00:09+00:00" };
    stand.write(later);
    const before = stand.reads.length;
    advance(MINUTE_MS);
    await until(live, () => titlesOf(live) === "b");
    assert.equal((await readsSince(stand, before))[0].get("select"), "id,changed_at");
    stand.emit("UPDATE", { id: 1, title: "a", changed_at: "2026-11-21T10:00:00+00:00" });
    stand.write({ id: 2, title: "c", changed_at: "2026-11-21T10:00:10+00:00" }, "INSERT");
    await until(live, () => titlesOf(live) === "b c");
  },
);

keyed("a key that is written otherwise than in the database is asked for once", { key: "no" }, [
  row({ no: 7 }),
], async (stand, live) => {
  const before = stand.reads.length;
  await live.retry("007");
  advance(60);
  for (let count = 0; count < 3; count++) await readsSince(stand, before);
  assert.deepEqual((await readsSince(stand, before)).map((read) => read.get("no")), ["in.(007)"]);
});
