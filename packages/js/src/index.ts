/**
 * Rows of a Supabase table that stay right on screen while a worker changes them.
 *
 *     const live = liveRows<Job>(supabase, { table: "jobs" });
 *     live.subscribe(() => render(live.view));
 *     live.close();
 */
export { type Action, ActionRefused, type Call, edgeFunction } from "./live-actions.ts";
export type { KeyValue } from "./live-key.ts";
export { type LiveMoments, pageMoments } from "./live-moments.ts";
export type { LiveProblem } from "./live-problem.ts";
export { liveRows } from "./live-rows.ts";
export type { LiveRow } from "./live-row-set.ts";
export type { LiveTiming } from "./live-timing.ts";
export type { Client, ClientOf, RowOf, TableName } from "./live-types.ts";
export type { LiveActions, LiveOptions, LiveRows, LiveView } from "./live-view.ts";
export { type Progress, progressOf, type ProgressRow, type Waiting } from "./progress.ts";
