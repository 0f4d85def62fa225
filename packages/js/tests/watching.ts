/** What the tests of live rows share: rows, waits without a pause, a stand for each test. */
import { test } from "node:test";
import { type LiveOptions, type LiveRows, liveRows, type LiveView } from "../src/index.ts";
import { inTime } from "./deadline.ts";
import { type Row, Stand } from "./stand.ts";

export function job(number: number, second = 0, title = `job ${number}`): Row {
  const id = `3f0c0f5e-8a8f-4f9a-9d2e-${String(number).padStart(12, "0")}`;
  return { id, title, updated_at: new Date(Date.UTC(2026, 10, 21, 10, 0, second)).toISOString() };
}

/** The job while a worker has it. */
export function running(number: number, second = 0): Row {
  return { ...job(number, second), processing_run: 1, processing_status: "processing" };
}

/** The job after that. */
export function completed(number: number, second = 0, title = `result ${number}`): Row {
  return { ...running(number, second), title, processing_status: "completed" };
}

export function titles(live: LiveRows<Row>): string[] {
  return live.view.rows.map(({ title }) => title);
}

/**
 * Waits until the condition holds; looks only when `live` publishes a view. What the server has seen
 * is no such condition: nothing may be published after it. `Stand` has waits for that.
 */
export async function until(
  live: Pick<LiveRows<Row>, "subscribe">,
  condition: () => boolean,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = () => condition() && resolve();
  const forget = live.subscribe(look);
  try {
    look();
    await inTime(promise, () => `${condition}`);
  } finally {
    forget();
  }
}

/** The reads since `before`, after whatever was begun has been sent. */
export async function readsSince(stand: Stand, before: number): Promise<URLSearchParams[]> {
  await stand.client.from("barrier").select();
  return stand.reads.slice(before).map(({ searchParams }) => searchParams);
}

/** Runs with a page that is visible or hidden; before and after there is none. */
export async function withVisibility(
  state: "hidden" | "visible",
  run: () => Promise<void>,
): Promise<void> {
  const page = globalThis as { document?: unknown };
  page.document = { hidden: state === "hidden" };
  try {
    await run();
  } finally {
    delete page.document;
  }
}

/** A test of live rows over a stand that has the rows, once their link is this; null for any. */
export function example(
  name: string,
  run: (stand: Stand, live: LiveRows<Row>) => Promise<void>,
  rows: number | Row[] = 1,
  options: Partial<LiveOptions<Row>> = {},
  newStand = () => new Stand(),
  link: LiveView<Row>["link"] | null = "live",
): void {
  test(name, async () => {
    const stand = newStand();
    const count = typeof rows === "number" ? rows : 0;
    const given = typeof rows === "number" ? [] : rows;
    for (let number = 1; number <= count; number++) stand.write(job(number));
    for (const row of given) stand.write(row);
    const live = liveRows<Row>(stand.client, { table: "jobs", ...options });
    try {
      await until(live, () => live.view.loaded && (link === null || live.view.link === link));
      await run(stand, live);
    } finally {
      live.close();
      await stand.close();
    }
  });
}
