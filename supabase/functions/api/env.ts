/** What the middleware stores in the context of Hono, and how a route reads it. */

import type { SupabaseContext } from "@supabase/server";
import type { Context } from "hono";

import type { Database, TablesInsert } from "../_shared/database.types.ts";

export type Env = {
  Variables: {
    requestId: string;
    supabaseContext: SupabaseContext<Database>;
  };
};

/** The id of the user who sent the request; the middleware has already checked the token. */
export function callerId(c: Context<Env>): string {
  return c.var.supabaseContext.userClaims!.id;
}

/** The database with the rights of the user who sent the request: row level security applies. */
export function callersDatabase(c: Context<Env>): SupabaseContext<Database>["supabase"] {
  return c.var.supabaseContext.supabase;
}

/** The database with all rights, only for functions of schema `processing` and `reserve_quick_look`. */
export function adminDatabase(c: Context<Env>): SupabaseContext<Database>["supabaseAdmin"] {
  return c.var.supabaseContext.supabaseAdmin;
}

type Queue = "job_positions" | "timeline_items" | "company_research";

/**
 * The columns, unchanged. The type leaves out `processing_status`, which a trigger of the database
 * sets.
 */
export function newRow<Q extends Queue>(columns: Omit<TablesInsert<Q>, "processing_status">) {
  return columns as TablesInsert<Q>;
}
