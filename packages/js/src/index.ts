/**
 * Rows of a Supabase table that stay right on screen while a worker changes them.
 *
 *     const live = liveRows<Job>(supabase, { table: "jobs" });
 *     live.subscribe(() => render(live.view));
 *     live.close();
 */
export { liveRows } from "./live-rows.ts";
export type { LiveOptions, LiveRows, LiveView } from "./live-rows.ts";
export type { LiveRow } from "./live-row-set.ts";
export type { LiveTiming } from "./live-timing.ts";
