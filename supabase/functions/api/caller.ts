/** The clients of the database, which pass the trace of the request on. */

import { withSupabase } from "@supabase/server/adapters/hono";
import type { Context, Next } from "hono";

import type { Database } from "../_shared/database.types.ts";

const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Makes the clients. The database keeps their header `traceparent` with rows that they queue. */
export function withCaller(c: Context, next: Next): Promise<Response | void> {
  const traceparent = traceparentFor(c.req.header("traceparent"));
  const headers: Record<string, string> = traceparent ? { traceparent } : {};
  const supabaseOptions = { global: { headers } };
  return withSupabase<Database>({ auth: "user", supabaseOptions })(c, next);
}

/** The trace of a request that sent this one, or a new one if the settings say so; or null. */
export function traceparentFor(sent: string | undefined): string | null {
  if (sent !== undefined && TRACEPARENT.test(sent)) return sent;
  if (Deno.env.get("API_TRACES") !== "on") return null;
  const digits = () => crypto.randomUUID().replaceAll("-", "");
  return `00-${digits()}-${digits().slice(0, 16)}-01`;
}
