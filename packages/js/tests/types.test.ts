/** What the compiler knows of live rows; `deno check` is the test. */
import type { SupabaseClient } from "@supabase/supabase-js";
import type { Database } from "../../../supabase/functions/_shared/database.types.ts";
import { type LiveRow, type LiveRows, liveRows } from "../src/index.ts";

type Same<One, Other> = (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2
  ? true
  : false;

function holds<Truth extends true>(): Truth | void {}

type Position = Database["public"]["Tables"]["job_positions"]["Row"];

interface Story extends LiveRow {
  body: string;
}

export function withTypes(client: SupabaseClient<Database>): void {
  const positions = liveRows(client, {
    table: "job_positions",
    sort: (left, right) => Date.parse(right.created_at) - Date.parse(left.created_at),
    final: (row) => row.archived,
  });
  holds<Same<typeof positions, LiveRows<Position>>>();
  // @ts-expect-error: there is no such table
  liveRows(client, { table: "job_position" });
  // @ts-expect-error: there is no such column
  liveRows(client, { table: "job_positions", final: (row) => row.archivd });
  const workers = liveRows(client, { schema: "processing", table: "workers" });
  holds<Same<typeof workers, LiveRows<Database["processing"]["Tables"]["workers"]["Row"]>>>();
  const stories = liveRows<Story>(client, {
    table: "stories",
    sort: (l, r) => l.body < r.body ? 1 : 0,
  });
  holds<Same<typeof stories, LiveRows<Story>>>();
}

export function withoutTypes(client: SupabaseClient): void {
  const stories = liveRows<Story>(client, { table: "stories" });
  holds<Same<typeof stories, LiveRows<Story>>>();
  // deno-lint-ignore no-explicit-any
  holds<Same<ReturnType<typeof untyped>, LiveRows<any>>>();
}

function untyped(client: SupabaseClient) {
  return liveRows(client, { table: "stories" });
}
