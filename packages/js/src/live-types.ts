/** How the types that `supabase gen types` writes become the types of live rows. */
import type { SupabaseClient } from "@supabase/supabase-js";

/** A client of any database. */
// deno-lint-ignore no-explicit-any
export type Client = SupabaseClient<any, any, any, any, any>;

/** A client of this database. */
// deno-lint-ignore no-explicit-any
export type ClientOf<Database> = SupabaseClient<Database, any, any, any, any>;

type IsAny<T> = 0 extends 1 & T ? true : false;

/** The tables and views of a schema. */
type Relations<Database, Schema> = Schema extends keyof Database
  ? Database[Schema] extends { Tables: infer Tables; Views: infer Views } ? Tables & Views
  : never
  : never;

/** The names of the tables and views of a schema; any text for a client without types. */
export type TableName<Database, Schema extends string> = IsAny<Database> extends true ? string
  : string & keyof Relations<Database, Schema>;

/** What a select of all columns answers. */
export type RowOf<Database, Schema extends string, Table extends string> =
  // deno-lint-ignore no-explicit-any
  IsAny<Database> extends true ? any
    : Table extends keyof Relations<Database, Schema>
      ? Relations<Database, Schema>[Table] extends { Row: infer Row extends object } ? Row : never
    : never;
