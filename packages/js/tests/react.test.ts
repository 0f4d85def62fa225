import assert from "node:assert/strict";
import { test } from "node:test";
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { type LiveView, type Progress, useProgress, useRow, useRows } from "../src/react.ts";
import { sharedRows } from "../src/shared-rows.ts";
import { mount, type Mounted } from "./mounted.ts";
import { type Row, Stand } from "./stand.ts";
import { completed, job, running, until } from "./watching.ts";

const JOBS = { table: "jobs" };
const isLive = (mounted: Mounted<LiveView<Row>>) => () => mounted.answer.link === "live";

/** A test with a server that has some jobs. React must have nothing to complain of. */
function example(name: string, run: (stand: Stand) => Promise<void>, rows = 2): void {
  test(name, async () => {
    const stand = new Stand();
    for (let number = 1; number <= rows; number++) stand.write(job(number));
    const complaints: unknown[][] = [];
    const { error } = console;
    console.error = (...words) => complaints.push(words);
    try {
      await run(stand);
    } finally {
      console.error = error;
      await stand.close();
    }
    const real = complaints.filter(([words]) => !`${words}`.includes("react-test-renderer is dep"));
    assert.deepEqual(real, []);
  });
}

function titles(view: LiveView<Row>): string {
  return view.rows.map(({ title }) => title).join();
}

for (const strict of [false, true]) {
  const mode = strict ? "under StrictMode" : "without StrictMode";
  example(`rows come alive with one subscription, closed at the end, ${mode}`, async (stand) => {
    const list = await mount(() => useRows<Row>(stand.client, JOBS), strict);
    const { rows, loaded, link } = list.answers[0];
    assert.deepEqual([rows, loaded, link], [[], false, "connecting"]);
    await list.until(isLive(list));
    stand.write(job(1, 1, "changed"), "UPDATE");
    await list.until(() => titles(list.answer) === "changed,job 2");
    assert.equal(stand.joins.length, 1);
    list.unmount();
    await stand.left(stand.joins[0].topic);
  });
}

example("it can be mounted again after it was closed", async (stand) => {
  const first = await mount(() => useRows<Row>(stand.client, JOBS));
  await first.until(isLive(first));
  first.unmount();
  await stand.left(stand.joins[0].topic);
  stand.write(job(1, 1, "changed meanwhile"));
  const second = await mount(() => useRows<Row>(stand.client, JOBS));
  assert.equal(second.answers[0].loaded, false);
  await second.until(isLive(second));
  assert.equal(titles(second.answer), "changed meanwhile,job 2");
  second.unmount();
});

example("rows that are left twice and wanted again at once stay open", async (stand) => {
  const shared = sharedRows<Row>(stand.client, JOBS);
  const look = () => {};
  shared.subscribe(look)();
  const leave = await new Promise<() => void>((resolve) => {
    setTimeout(() => resolve(shared.subscribe(look)));
    shared.subscribe(look)(); // its timer comes after the one above
  });
  await new Promise((resolve) => setTimeout(resolve));
  const { live } = shared.open()!;
  await until(live, () => live.view.link === "live");
  leave();
  await stand.left(stand.joins[0].topic);
});

example("options that are equal by value are the same subscription", async (stand) => {
  const list = await mount(() =>
    useRows<Row>(stand.client, { table: "jobs", timing: { lateMs: 9 } })
  );
  await list.until(isLive(list));
  const { rows } = list.answer;
  await list.render();
  await list.render(() => useRows<Row>(stand.client, { timing: { lateMs: 9 }, table: "jobs" }));
  await list.render(() => useRows<Row>(stand.client, { table: "jobs", timing: { lateMs: 9 } }));
  assert.equal(list.answer.rows, rows);
  assert.equal(stand.joins.length, 1);
  list.unmount();
});

example("other options are another subscription, and the one before is closed", async (stand) => {
  const list = await mount(() => useRows<Row>(stand.client, JOBS));
  await list.until(isLive(list));
  await list.render(() => useRows<Row>(stand.client, { table: "jobs", filter: "title=eq.job 2" }));
  await stand.left(stand.joins[0].topic);
  await list.until(() => isLive(list)() && stand.joins.length === 2);
  list.unmount();
});

example("components that ask for the same rows share one subscription", async (stand) => {
  const one = await mount(() => useRows<Row>(stand.client, { ...JOBS, sort: backwards }), true);
  await one.until(isLive(one));
  const other = await mount(() => useRows<Row>(stand.client, JOBS), true);
  assert.equal(other.answers[0].loaded, true); // nothing has to be read again
  one.unmount();
  stand.write(job(2, 1, "changed"), "UPDATE");
  await other.until(() => titles(other.answer).includes("changed"));
  assert.equal(stand.joins.length, 1);
  other.unmount();
  await stand.left(stand.joins[0].topic);
});

const backwards = (left: Row, right: Row) => left.id < right.id ? 1 : -1;

example("each component has its own order", async (stand) => {
  const list = await mount(() => useRows<Row>(stand.client, { ...JOBS, sort: backwards }));
  await list.until(isLive(list));
  assert.equal(titles(list.answer), "job 2,job 1");
  const turned = (left: Row, right: Row) => -backwards(left, right);
  const other = await mount(() => useRows<Row>(stand.client, { ...JOBS, sort: turned }));
  assert.equal(titles(other.answer), "job 1,job 2");
  stand.write(job(3), "INSERT");
  await other.until(() => titles(other.answer) === "job 1,job 2,job 3");
  await list.until(() => titles(list.answer) === "job 3,job 2,job 1");
  list.unmount();
  other.unmount();
});

example("with null as the options nothing is read", async (stand) => {
  const list = await mount(() => useRows<Row>(stand.client, null));
  await list.render();
  await stand.client.from("barrier").select();
  assert.deepEqual([stand.reads, stand.joins, list.answer.loaded], [[], [], false]);
  await list.render(() => useRows<Row>(stand.client, JOBS));
  await list.until(isLive(list));
  list.unmount();
});

example(
  "a row of an open list needs no subscription, and is not drawn for others",
  async (stand) => {
    const list = await mount(() => useRows<Row>(stand.client, JOBS));
    await list.until(isLive(list));
    const single = await mount(() => useRow<Row>(stand.client, JOBS, job(1).id));
    assert.equal(single.answers[0].row?.title, "job 1");
    const drawn = single.answers.length;
    stand.write(job(2, 1, "another"), "UPDATE");
    await list.until(() => titles(list.answer) === "job 1,another");
    assert.equal(single.answers.length, drawn);
    list.unmount();
    stand.write(job(1, 1, "changed"), "UPDATE");
    await single.until(() => single.answer.row?.title === "changed");
    assert.equal(stand.joins.length, 1);
    single.unmount();
    await stand.left(stand.joins[0].topic);
  },
);

example("a row without an open list is read alone", async (stand) => {
  const { id } = job(1);
  const single = await mount(() => useRow<Row>(stand.client, JOBS, id), true);
  await single.until(() => single.answer.link === "live");
  assert.equal(single.answer.row?.title, "job 1");
  const config = stand.joins[0].payload.config as { postgres_changes: { filter: string }[] };
  assert.equal(config.postgres_changes[0].filter, `id=eq.${id}`);
  assert(stand.reads.every(({ searchParams }) => searchParams.getAll("id").includes(`eq.${id}`)));
  stand.rows.delete(id);
  stand.emit("DELETE", { id });
  await single.until(() => single.answer.row === null);
  assert.equal(single.answer.loaded, true);
  single.unmount();
  await stand.left(stand.joins[0].topic);
});

example("a row that is read alone is shown while the filter lets it through", async (stand) => {
  const { id } = job(1);
  const filter = "title=eq.shown";
  const single = await mount(() => useRow<Row>(stand.client, { ...JOBS, filter }, id));
  await single.until(() => single.answer.link === "live");
  assert.deepEqual([single.answer.row, single.answer.loaded], [null, true]);
  stand.write(job(1, 1, "shown"), "UPDATE");
  await single.until(() => single.answer.row?.title === "shown");
  stand.write(job(1, 2, "hidden"), "UPDATE");
  await single.until(() => single.answer.row === null);
  const config = stand.joins[0].payload.config as { postgres_changes: { filter: string }[] };
  assert.equal(config.postgres_changes[0].filter, `id=eq.${id}`);
  single.unmount();
  await stand.left(stand.joins[0].topic);
});

example("a row is shown as cancelled at once, and as before if that is refused", async (stand) => {
  stand.write(running(1));
  let refuse = (_why: Error) => {};
  const call = () => new Promise((_resolve, reject) => (refuse = reject));
  const single = await mount(() => useRow<Row>(stand.client, { ...JOBS, call }, job(1).id));
  await single.until(() => single.answer.link === "live");
  const refused = assert.rejects(single.answer.cancel(), /not yours/);
  await single.until(() => single.answer.row?.processing_status === "cancelled");
  refuse(new Error("not yours"));
  await refused;
  await single.until(() => single.answer.row?.processing_status === "processing");
  single.unmount();
  await stand.left(stand.joins[0].topic);
  await assert.rejects(single.answer.cancel, /not mounted/);
});

example("a row without a key is not read", async (stand) => {
  const single = await mount(() => useRow<Row>(stand.client, JOBS, undefined));
  await stand.client.from("barrier").select();
  assert.deepEqual([stand.reads, single.answer.row, single.answer.loaded], [[], null, false]);
  single.unmount();
});

example("rows of one user are gone when another one signs in", async (stand) => {
  const { error } = await stand.client.auth.setSession(sessionOf("ann"));
  assert.equal(error, null);
  const list = await mount(() => useRows<Row>(stand.client, JOBS));
  await list.until(isLive(list));
  stand.held = []; // so that the rows of the next user are not there at once
  await stand.client.auth.setSession(sessionOf("bob"));
  await list.until(() => !list.answer.loaded);
  assert.deepEqual(list.answer.rows, []);
  stand.rows.delete(job(1).id);
  while (stand.held.length) stand.answerNext();
  stand.held = null;
  await list.until(() => isLive(list)() && titles(list.answer) === "job 2");
  list.unmount();
});

function sessionOf(user: string): { access_token: string; refresh_token: string } {
  const claims = { sub: user, exp: Math.floor(Date.now() / 1000) + 3600 };
  const part = (content: object) =>
    btoa(JSON.stringify(content)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const token = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}.c2ln`;
  return { access_token: token, refresh_token: "again" };
}

example("a server draws the loading state, and opens nothing", async (stand) => {
  const List = () => {
    const { rows, loaded, link } = useRows<Row>(stand.client, JOBS);
    const { row } = useRow<Row>(stand.client, JOBS, "1");
    const { waiting } = useProgress({ processing_status: "pending", processing_not_before: SOON });
    return `${rows.length} ${loaded} ${link} ${row} ${waiting?.for}`;
  };
  assert.equal(renderToString(createElement(List)), "0 false connecting null time");
  await stand.client.from("barrier").select();
  assert.deepEqual([stand.reads, stand.joins], [[], []]);
});

const SOON = new Date(Date.now() + 60_000).toISOString();

test("a row that waits for a time is drawn again when it has come", async () => {
  const processing_not_before = new Date(Date.now() + 300).toISOString();
  const row = { processing_status: "pending", processing_not_before } as const;
  const mounted = await mount<Progress>(() => useProgress(row));
  await mounted.until(() => mounted.answer.waiting?.for === "worker");
  mounted.unmount();
});

test("what is shown of a row depends on its status", () => {
  const seen: Progress[] = [];
  const Shown = ({ row }: { row: object | null }) => {
    seen.push(useProgress(row));
    return null;
  };
  const processing_error = { code: "no_answer", message: "The site did not answer." };
  for (
    const row of [
      null,
      { ...running(1), processing_stage: "Reading", processing_progress: 40 },
      { processing_status: "pending", processing_error, processing_not_before: SOON },
      { processing_status: "failed", processing_error, processing_stage: "Reading" },
      completed(1),
    ]
  ) renderToString(createElement(Shown, { row }));
  const nothing = { stage: null, percent: null, waiting: null, error: null };
  const reason = processing_error.message;
  assert.deepEqual(seen, [
    { ...nothing, status: null, isOpen: false },
    { ...nothing, status: "processing", isOpen: true, stage: "Reading", percent: 40 },
    {
      ...nothing,
      status: "pending",
      isOpen: true,
      waiting: { for: "time", until: new Date(SOON), reason },
    },
    { ...nothing, status: "failed", isOpen: false, error: processing_error },
    { ...nothing, status: "completed", isOpen: false, percent: 100 },
  ]);
});
