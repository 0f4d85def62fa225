/** The caller's client of the database, which passes the trace of the request on. */

import { withSupabase } from "@supabase/server/adapters/hono";
import type { Context, Next } from "hono";

import type { Database } from "../_shared/database.types.ts";

const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Makes the client. The database keeps the header `traceparent` with a row that it inserts. */
export function withCaller(c: Context, next: Next): Promise<Response | void> {
  const sent = c.req.header("traceparent") ?? "";
  const headers: Record<string, string> = TRACEPARENT.test(sent) ? { traceparent: sent } : {};
  const supabaseOptions = { global: { headers } };
  return withSupabase<Database>({ auth: "user", supabaseOptions })(c, next);
}
