/** Clients that are no page of a browser, such as React Native. */
import assert from "node:assert/strict";
import { advance, installClock } from "./clock.ts";
import { completed, example, readsSince, running, titles, until } from "./watching.ts";

installClock();

const AGAIN_MS = 28_000;

const app = { hidden: false, checks: new Set<() => void>() };

example(
  "an app says itself when it is hidden, shown and online",
  async (stand, live) => {
    app.hidden = true;
    stand.write(completed(1, 1));
    const before = stand.reads.length;
    for (let minute = 0; minute < 3; minute++) advance(2 * AGAIN_MS);
    assert.deepEqual(await readsSince(stand, before), []);
    app.hidden = false;
    for (const check of app.checks) check();
    await until(live, () => titles(live)[0] === "result 1");
    live.close();
    assert.equal(app.checks.size, 0);
  },
  [running(1)],
  {
    moments: {
      hidden: () => app.hidden,
      listen: (check) => {
        app.checks.add(check);
        return () => app.checks.delete(check);
      },
    },
  },
);

/** What a browser has and React Native has not. */
const MISSING: [object, string][] = [
  [globalThis, "addEventListener"],
  [globalThis, "removeEventListener"],
  [globalThis, "crypto"],
  [AbortSignal, "timeout"],
  [AbortSignal, "any"],
];
const there = MISSING.map(([owner, name]) => Object.getOwnPropertyDescriptor(owner, name));

function hide(): void {
  for (const [owner, name] of MISSING) {
    Object.defineProperty(owner, name, { value: undefined, configurable: true, writable: true });
  }
}

function putBack(): void {
  MISSING.forEach(([owner, name], at) => {
    if (there[at]) Object.defineProperty(owner, name, there[at]);
    else Reflect.deleteProperty(owner, name);
  });
}

example(
  "nothing is needed that only a browser has",
  async (stand, live) => {
    try {
      stand.write(completed(1, 1), "UPDATE");
      await until(live, () => titles(live)[0] === "result 1");
      stand.write(completed(2, 2));
      advance(60_000);
      await until(live, () => live.view.rows.length === 2);
      live.close();
    } finally {
      putBack();
    }
  },
  [running(1)],
  {
    get table() { // is read when the stand is there and live rows are not
      hide();
      return "jobs";
    },
  },
);
