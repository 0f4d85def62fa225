import assert from "node:assert/strict";
import { advance, installClock } from "./clock.ts";
import { OWNER, tokenOf } from "./private-stand.ts";
import { example, job, readsSince, titles, until } from "./watching.ts";

installClock();

example("the subscription waits for the server to listen, and the rows are read after it", async (
  stand,
  live,
) => {
  const config = stand.joins[0].payload.config as Record<string, unknown>;
  assert.deepEqual(config.postgres_changes_options, { wait: true });
  assert.deepEqual(titles(live), ["job 1"]);
  assert.equal(stand.reads.length, 2);
  await Promise.resolve();
});

example("changes arrive over the socket alone", async (stand, live) => {
  const before = stand.reads.length;
  stand.write(job(2), "INSERT");
  stand.write(job(1, 1, "changed"), "UPDATE");
  await until(live, () => titles(live).join() === "changed,job 2");
  stand.rows.delete(job(1).id);
  stand.emit("DELETE", { id: job(1).id });
  await until(live, () => titles(live).join() === "job 2");
  assert.equal(stand.reads.length, before);
});

example("what happened while the socket was gone is there when it is back", async (stand, live) => {
  stand.drop();
  await until(live, () => live.view.link === "reconnecting");
  assert.deepEqual(titles(live), ["job 1"]);
  stand.write(job(1, 1, "changed meanwhile"));
  stand.write(job(2));
  await until(live, () => live.view.link === "live");
  assert.deepEqual(titles(live), ["changed meanwhile", "job 2"]);
});

example("a channel that the server has closed is joined anew", async (stand, live) => {
  stand.closeChannels();
  await until(live, () => live.view.link === "reconnecting");
  stand.write(job(1, 1, "changed meanwhile"));
  advance(1_000);
  await until(live, () => live.view.link === "live");
  assert.deepEqual(titles(live), ["changed meanwhile"]);
  assert.equal(new Set(stand.joins.map(({ topic }) => topic)).size, 2);
});

example("a row too large for its event is read", async (stand, live) => {
  const large = job(1, 1, "large");
  stand.write(large, "UPDATE", { id: large.id }, ["Error 413: Payload Too Large"]);
  await until(live, () => titles(live).join() === "large");
  assert.equal(stand.reads.at(-1)!.searchParams.get("id"), `in.(${large.id})`);
});

example("changed rows that are not known are read in one request", async (stand, live) => {
  const before = stand.reads.length;
  for (let number = 2; number <= 60; number++) stand.rows.set(job(number).id, job(number));
  for (let number = 2; number <= 60; number++) stand.emit("UPDATE", job(number));
  await until(live, () => live.view.rows.length === 60);
  assert.equal(stand.reads.length, before + 1);
});

example("more rows than one answer holds are read in pages", async (_stand, live) => {
  assert.equal(live.view.rows.length, 2500);
  await Promise.resolve();
}, 2500);

example("a read that failed is tried again", async (stand, live) => {
  stand.failing = 1;
  stand.write(job(2));
  stand.drop();
  await until(live, () => live.view.rows.length === 2);
});

example("what changed between the join and the word that the server listens is read then", async (
  stand,
  live,
) => {
  stand.write(job(1, 1, "changed meanwhile"));
  stand.listens();
  await until(live, () => titles(live).join() === "changed meanwhile");
});

example("a refreshed token goes to the server, and the rows stay as live as they were", async (
  stand,
  live,
) => {
  const links = new Set<string>();
  live.subscribe(() => links.add(live.view.link));
  const before = stand.reads.length;
  const { auth } = stand.client;
  const token = tokenOf(OWNER); // made once: one of the next second is another
  await auth.setSession({ access_token: token, refresh_token: "r" });
  await readsSince(stand, before);
  stand.write(job(2), "INSERT");
  await until(live, () => live.view.rows.length === 2);
  assert.deepEqual(stand.tokens, [token]);
  assert.deepEqual([...links], ["live"]);
  assert.deepEqual(await readsSince(stand, before), []);
});

example(
  "of a filter, the reads and the subscription get what is theirs",
  async (stand) => {
    const [{ payload }] = stand.joins;
    const { postgres_changes } = payload.config as { postgres_changes: { filter: string }[] };
    assert.equal(postgres_changes[0].filter, "title=in.(job 1,job 2)");
    assert.equal(stand.reads[0].searchParams.get("title"), "in.(job 1,job 2)");
    await Promise.resolve();
  },
  3,
  { filter: "title=in.(job 1,job 2)" },
);

example(
  "a filter may name any column, and its value may have several lines",
  async (stand, live) => {
    assert.equal(stand.reads[0].searchParams.get("größe"), "eq.one\ntwo");
    assert.deepEqual(titles(live), ["job 2"]);
    await Promise.resolve();
  },
  [{ ...job(1), größe: "one" }, { ...job(2), größe: "one\ntwo" }],
  { filter: "größe=eq.one\ntwo" },
);
