/** What a project with its own types may write; it is only checked, with the installed package. */
import { createClient } from "@supabase/supabase-js";
import { liveRows, progressOf } from "liverows";
import { useProgress, useRow, useRows } from "liverows/react";

/** As `supabase gen types` writes it. */
interface Database {
  public: {
    Tables: {
      stories: {
        Row: { id: number; body: string; processing_error: Json | null };
        Insert: { id?: number; body: string };
        Update: { id?: number; body?: string };
        Relationships: [];
      };
    };
    Views: Record<never, never>;
    Functions: Record<never, never>;
    Enums: Record<never, never>;
    CompositeTypes: Record<never, never>;
  };
}
type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];

const typed = createClient<Database>("http://localhost", "key");
const untyped = createClient("http://localhost", "key");

export function Story({ id }: { id: number }) {
  const { rows, link, retry } = useRows(typed, { table: "stories" });
  const { row, cancel } = useRow(typed, { table: "stories" }, id);
  const { percent, waiting } = useProgress(row);
  const body: string | undefined = row?.body;
  const first: number = rows[0].id;
  return (
    <button type="button" data-link={link} onClick={() => retry(first).then(() => cancel())}>
      {body} {percent} {waiting?.until?.toISOString()}
    </button>
  );
}

export function Stories({ user }: { user: string | null }) {
  const { rows } = useRows<{ body: string }>(untyped, user ? { table: "stories" } : null);
  return <>{rows.map(({ body }) => body)}</>;
}

// @ts-expect-error: the database has no such table
liveRows(typed, { table: "storys" });
// @ts-expect-error: the table has no such column
liveRows(typed, { table: "stories", final: (row) => row.title === "" });
progressOf(liveRows(typed, { table: "stories" }).get(1));
