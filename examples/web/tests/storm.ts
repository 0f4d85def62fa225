/**
 * Many users at once, each with a live table as the page has it.
 *
 * Reads one line of JSON, `{url, key, tokens: [[access, refresh]], rows, events_only}`, says
 * `live` when every table is, waits for another line, adds the rows of all users, and when each user sees all
 * theirs completed prints what happened.
 */
import { createClient } from "@supabase/supabase-js";
import { type LiveRow, type LiveRows, liveRows } from "liverows";

interface Position extends LiveRow {
  account_id: string;
  processing_finished_at: string | null;
}

interface Order {
  url: string;
  key: string;
  tokens: [access: string, refresh: string][];
  rows: number;
  /** Whether events alone must do, without the checks of live rows. */
  events_only: boolean;
}

const NO_CHECKS = { againMinMs: 3_600_000, againMaxMs: 3_600_000, changedMs: 3_600_000 };

const lines = readLines();
const { url, key, tokens, rows, events_only }: Order = JSON.parse(await nextLine());
const timing = events_only ? NO_CHECKS : {};
let requests = 0;
const delays: number[] = [];

const users = await Promise.all(tokens.map(async ([access_token, refresh_token]) => {
  const client = createClient(url, key, {
    auth: { persistSession: false, autoRefreshToken: false },
    global: { fetch: counted },
  });
  const { data, error } = await client.auth.setSession({ access_token, refresh_token });
  if (error) throw error;
  const live = liveRows<Position>(client, { table: "job_positions", timing });
  noteDelays(live);
  await until(live, () => live.view.link === "live");
  return { id: data.user!.id, client, live };
}));
console.log("live");
await nextLine();

requests = 0;
const begun = performance.now();
await Promise.all(users.map(async ({ client }) => {
  for (let number = 0; number < rows; number++) {
    const raw_job_description = `# Position ${number}\n\nSalary: £27,500 to £31,000 per year`;
    const { error } = await client.from("job_positions").insert({ raw_job_description });
    if (error) throw error;
  }
}));
const inserted = performance.now() - begun;
await Promise.all(users.map(({ live }) =>
  until(live, () => {
    const { rows: seen } = live.view;
    return seen.length === rows && seen.every((row) => row.processing_status === "completed");
  })
));
const strangers = users.flatMap(({ id, live }) =>
  live.view.rows.filter((r) => r.account_id !== id)
);
delays.sort((left, right) => left - right);
console.log(JSON.stringify({
  strangers: strangers.length,
  reads: requests - users.length * rows,
  insert_seconds: inserted / 1000,
  seconds: (performance.now() - begun) / 1000,
  delay_p50_ms: delays[Math.floor(delays.length * 0.5)],
  delay_p95_ms: delays[Math.floor(delays.length * 0.95)],
  delay_max_ms: delays.at(-1),
}));
Deno.exit(0);

/** From the end of a run in the database to the moment it is seen here; one machine, one clock. */
function noteDelays(live: LiveRows<Position>): void {
  const seen = new Set<string>();
  live.subscribe(() => {
    for (const row of live.view.rows) {
      if (row.processing_status !== "completed" || seen.has(row.id)) continue;
      seen.add(row.id);
      delays.push(Date.now() - Date.parse(row.processing_finished_at!));
    }
  });
}

function until(live: LiveRows<Position>, condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => condition() && resolve();
    live.subscribe(look);
    look();
  });
}

function counted(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  requests++;
  return fetch(input, init);
}

async function* readLines(): AsyncGenerator<string> {
  let rest = "";
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop()!;
    yield* parts;
  }
}

async function nextLine(): Promise<string> {
  const { value } = await lines.next();
  if (value === undefined) Deno.exit(1);
  return value;
}
