/** Whose private topic is joined, before and after sign-in, and when another user signs in. */
import assert from "node:assert/strict";
import type { LiveRows } from "../src/index.ts";
import { advance, installClock } from "./clock.ts";
import {
  change,
  OTHER,
  OWNER,
  passRefusal,
  privateStand,
  tokenOf,
  topicOf,
} from "./private-stand.ts";
import type { Row, Stand } from "./stand.ts";
import { example, job, readsSince, until } from "./watching.ts";

installClock();

let token: string | null = null;

/** A client whose tokens come from another service; whoever is signed in first has `first`. */
function withTokens(name: string, first: string | null, run: Parameters<typeof example>[1]): void {
  const newStand = () => {
    token = first;
    return privateStand(() => Promise.resolve(token));
  };
  example(name, run, 1, {}, newStand, "connecting");
}

function privateJoins(stand: Stand): string[] {
  return stand.joins.map(({ topic }) => topic).filter((topic) => topic.includes("processing:"));
}

/** The page is shown again, by when another user may have signed in. */
async function show(stand: Stand): Promise<void> {
  globalThis.dispatchEvent(new Event("focus"));
  await readsSince(stand, 0);
  advance(60);
  await readsSince(stand, 0);
}

async function isLive(
  live: LiveRows<Row>,
  stand: Stand,
  user: string,
  rows: number,
): Promise<void> {
  await until(live, () => live.view.link === "live");
  assert.deepEqual(stand.topics(), [topicOf(user)]);
  change(stand, job(rows));
  await until(live, () => live.view.rows.length === rows);
}

const STRANGE = [
  ["nobody is signed in", null],
  ["the token names no user", tokenOf()],
  ["the token cannot be read", "a.%%%.b"],
  ["the token is no token", "sb_publishable_key"],
] as const;

for (const [state, first] of STRANGE) {
  withTokens(`while ${state} no topic is joined, and after sign-in the user's`, first, async (
    stand,
    live,
  ) => {
    await passRefusal(stand);
    await show(stand);
    assert.deepEqual(privateJoins(stand), []);
    assert.equal(live.view.link, "connecting");
    token = tokenOf(OWNER);
    globalThis.dispatchEvent(new Event("focus"));
    await isLive(live, stand, OWNER, 2);
  });
}

example(
  "a user who signs in, out, and another one are followed at once",
  async (stand, live) => {
    await passRefusal(stand);
    const { auth } = stand.client;
    await auth.setSession({ access_token: tokenOf(OWNER), refresh_token: "r" });
    await isLive(live, stand, OWNER, 2);
    await auth.signOut({ scope: "local" });
    await until(live, () => live.view.link === "reconnecting");
    await stand.left(topicOf(OWNER));
    await auth.setSession({ access_token: tokenOf(OTHER), refresh_token: "r" });
    await isLive(live, stand, OTHER, 3);
    assert.deepEqual(privateJoins(stand), [topicOf(OWNER), topicOf(OTHER)]);
  },
  1,
  {},
  privateStand,
  "connecting",
);

example(
  "another token of the same user keeps the topic joined",
  async (stand, live) => {
    await passRefusal(stand);
    const { auth } = stand.client;
    await auth.setSession({ access_token: tokenOf(OWNER), refresh_token: "r" });
    await isLive(live, stand, OWNER, 2);
    advance(1_000);
    await auth.setSession({ access_token: tokenOf(OWNER), refresh_token: "s" });
    await show(stand);
    assert.deepEqual(privateJoins(stand), [topicOf(OWNER)]);
    assert.equal(live.view.link, "live");
  },
  1,
  {},
  privateStand,
  "connecting",
);
