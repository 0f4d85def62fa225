import type { SupabaseClient } from "@supabase/supabase-js";
import type { ProgressRow } from "liverows/react";

export interface Props {
  supabase: SupabaseClient;
  /** False until the session is known, and on a server: nothing is read before that. */
  signedIn: boolean;
}

/** The columns of `job_positions` that this page shows. */
export interface Position extends ProgressRow {
  id: string;
  job_title: string | null;
  raw_job_description: string | null;
  created_at: string;
}

// Declared once, so that each use shares one subscription and the rows are sorted when they change.
// Of a long list the newest rows are shown before the others are read.
export const POSITIONS = { table: "job_positions", readFirst: "created_at.desc" };

export function newestFirst(left: Position, right: Position): number {
  if (left.created_at === right.created_at) return 0;
  return left.created_at < right.created_at ? 1 : -1;
}

export function titleOf({ job_title, raw_job_description }: Position): string {
  return job_title ?? raw_job_description?.split("\n", 1)[0].replace(/^#+ */, "") ?? "A position";
}
