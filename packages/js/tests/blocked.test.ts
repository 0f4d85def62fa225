/** Where no socket opens: rows are read slowly, and the view says so until a socket opens. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "@supabase/supabase-js";
import { liveRows } from "../src/index.ts";
import { advance, installClock } from "./clock.ts";
import { OWNER, privateStand, tokenOf } from "./private-stand.ts";
import { type Row, Stand } from "./stand.ts";
import { completed, example, job, readsSince, running, titles, until } from "./watching.ts";

installClock();

const BLOCKED_MS = 20_000;
const AGAIN_MS = 28_000;

function behindProxy(sockets: Stand["sockets"], stand: Stand): Stand {
  stand.sockets = sockets;
  return stand;
}

const WAYS = [
  ["Postgres Changes", () => new Stand()],
  ["Broadcast", () => privateStand(() => Promise.resolve(tokenOf(OWNER)))],
] as const;

for (const sockets of ["silent", "refused"] as const) {
  for (const [way, stand] of WAYS) {
    const via = way === "Broadcast" ? "broadcast" : "changes";
    example(
      `where sockets are ${sockets}, ${way}: rows are read slowly until a socket opens`,
      async (stand, live) => {
        stand.write(job(2));
        advance(BLOCKED_MS);
        await until(live, () => live.view.link === "polling" && live.view.rows.length === 2);
        const before = stand.reads.length;
        for (const number of [3, 4, 5]) {
          stand.write(job(number));
          advance(AGAIN_MS);
          await until(live, () => live.view.rows.length === number);
        }
        assert.ok((await readsSince(stand, before)).length <= 12);
        assert.equal(live.view.link, "polling");
        stand.letSocketsOpen();
        await until(live, () => live.view.link === "live");
      },
      1,
      { via },
      () => behindProxy(sockets, stand()),
      "connecting",
    );
  }
}

example("a socket that is cut and not let in again: slow reads, and live again after it", async (
  stand,
  live,
) => {
  stand.sockets = "refused";
  stand.drop();
  await until(live, () => live.view.link === "reconnecting");
  advance(BLOCKED_MS);
  await until(live, () => live.view.link === "polling");
  stand.letSocketsOpen();
  await until(live, () => live.view.link === "live");
  const before = stand.reads.length;
  stand.write(job(2), "INSERT");
  await until(live, () => live.view.rows.length === 2);
  assert.deepEqual(await readsSince(stand, before), []);
});

example("a page that is offline is not called polling, and is right when it is back", async (
  stand,
  live,
) => {
  const links = new Set<string>();
  live.subscribe(() => links.add(live.view.link));
  stand.sockets = "refused";
  stand.offline = true;
  stand.drop();
  await until(live, () => live.view.link === "reconnecting");
  for (let count = 0; count < 6; count++) {
    advance(BLOCKED_MS);
    await readsSince(stand, 0);
  }
  stand.write(completed(1, 9, "changed meanwhile"));
  assert.deepEqual([...links], ["reconnecting"]);
  assert.deepEqual(titles(live), ["job 1"]);
  stand.offline = false;
  stand.letSocketsOpen();
  globalThis.dispatchEvent(new Event("online"));
  await until(live, () => live.view.link === "live" && titles(live)[0] === "changed meanwhile");
}, [running(1)]);

test("where there is no WebSocket at all, rows are read slowly", async () => {
  const stand = new Stand();
  const warn = console.warn;
  console.warn = () => {};
  const transport = class {
    constructor() {
      throw new Error("there is no WebSocket");
    }
  } as unknown as typeof WebSocket;
  const client = createClient(stand.url, "key", {
    auth: { persistSession: false, autoRefreshToken: false },
    realtime: { transport },
  });
  stand.write(job(1));
  const live = liveRows<Row>(client, { table: "jobs" });
  try {
    await until(live, () => live.view.loaded);
    stand.write(job(2));
    advance(BLOCKED_MS);
    await until(live, () => live.view.link === "polling" && live.view.rows.length === 2);
  } finally {
    live.close();
    await stand.close();
    console.warn = warn;
  }
});
