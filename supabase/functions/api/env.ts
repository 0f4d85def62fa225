/** What the middleware hands to a route. */

import type { SupabaseContext } from "@supabase/server";
import type { Context } from "hono";

import type { Database, TablesInsert } from "../_shared/database.types.ts";

export type Env = {
  Variables: {
    requestId: string;
    supabaseContext: SupabaseContext<Database>;
  };
};

/** Who asks; the token has been checked by then. */
export function callerId(c: Context<Env>): string {
  return c.var.supabaseContext.userClaims!.id;
}

/** The database with the rights of whoever asks: row level security applies. */
export function callersDatabase(c: Context<Env>): SupabaseContext<Database>["supabase"] {
  return c.var.supabaseContext.supabase;
}

/** The database with all rights, for the functions of schema `processing` only. */
export function adminDatabase(c: Context<Env>): SupabaseContext<Database>["supabaseAdmin"] {
  return c.var.supabaseContext.supabaseAdmin;
}

type Queue = "job_positions" | "timeline_items" | "company_research";

/**
 * The columns of a new row. The database's own trigger sets the status, which users cannot write
 * and which the generated types ask for all the same.
 */
export function newRow<Q extends Queue>(columns: Omit<TablesInsert<Q>, "processing_status">) {
  return columns as TablesInsert<Q>;
}
