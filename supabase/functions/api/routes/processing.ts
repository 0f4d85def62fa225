/** Retries, cancels or resets a row of the caller in an attached table of `public` with key `id`. */

import type { SupabaseClient } from "@supabase/supabase-js";
import type { Context } from "hono";
import * as v from "valibot";

import { endpoint } from "../endpoint.ts";
import { adminDatabase, callerId, callersDatabase, type Env } from "../env.ts";
import { dataOf, fromDatabase, refuse } from "../errors.ts";
import * as f from "../fields.ts";
import { AnyRow } from "../rows.ts";
import { reason } from "../wording.ts";

export const identifier = v.pipe(
  f.text(63),
  v.regex(/^[a-z_][a-z0-9_]*$/, reason("name")),
);
const params = v.object({ table: identifier, id: f.text(200) });

const retry = endpoint({
  method: "POST",
  path: "/processing/:table/:id/retry",
  summary: "Run a row again",
  description: "It goes on after the steps that were done; `fresh` does them again. " +
    "At most 10 times a day for each row.",
  params,
  body: f.fieldsOf({ fresh: v.optional(f.flag, false) }),
  status: 200,
  answer: AnyRow,
}, async (c, { params, body }) => {
  const row = await ownRow(c, params);
  dataOf(await contract(c).rpc("retry", { ...row, fresh: body.fresh }));
  return readRow(c, params);
});

const cancel = endpoint({
  method: "POST",
  path: "/processing/:table/:id/cancel",
  summary: "Stop a row that waits or runs",
  params,
  body: f.fieldsOf({}),
  status: 200,
  answer: AnyRow,
}, async (c, { params }) => {
  dataOf(await contract(c).rpc("cancel", await ownRow(c, params)));
  return readRow(c, params);
});

const reset = endpoint({
  method: "POST",
  path: "/processing/:table/:id/reset",
  summary: "Hand edited fields back to the worker",
  description: "All of them, or those in `columns`. The values stay until the next run.",
  params,
  body: f.fieldsOf({
    columns: v.optional(
      v.pipe(v.array(identifier, reason("list")), v.minLength(1, reason("empty"))),
    ),
  }),
  status: 200,
  answer: AnyRow,
}, async (c, { params, body }) => {
  const row = await ownRow(c, params);
  const answer = await contract(c).rpc("reset_edited", { ...row, columns: body.columns });
  if (answer.error?.code === "42703") {
    refuse(400, "invalid_request", { fields: { columns: { code: "not_filled_in" } } });
  }
  dataOf(answer);
  return readRow(c, params);
});

export const processing = [retry, cancel, reset];

type RowName = { table: string; id: string };

export function contract(c: Context<Env>) {
  return adminDatabase(c).schema("processing");
}

/** The arguments that name a row in a contract call. Throws a 404 if the caller cannot read it. */
async function ownRow(c: Context<Env>, { table, id }: RowName) {
  await readRow(c, { table, id }, "processing_status");
  return { table_name: `public.${table}`, row_id: id, requested_by: callerId(c) };
}

/** The errors of a read that become a 404. */
export const NO_SUCH_ROW = ["42P01", "42501", "42703", "22P02", "PGRST200", "PGRST205"];

async function readRow(c: Context<Env>, { table, id }: RowName, columns = "*") {
  // The cast is needed because any table may be attached, and some have no generated types.
  const database = callersDatabase(c) as unknown as SupabaseClient;
  const found = await database.from(table).select(columns).eq("id", id).maybeSingle();
  if (found.error && NO_SUCH_ROW.includes(found.error.code)) {
    throw fromDatabase({ code: "P0002", message: "" });
  }
  return dataOf(found);
}
