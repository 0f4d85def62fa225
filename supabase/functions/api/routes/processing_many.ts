/** Retries or cancels many rows of the caller with one request. */

import type { SupabaseClient } from "@supabase/supabase-js";
import type { Context } from "hono";
import * as v from "valibot";

import { type Endpoint, endpoint } from "../endpoint.ts";
import { callerId, callersDatabase, type Env } from "../env.ts";
import { dataOf, fromDatabase, logFailure } from "../errors.ts";
import * as f from "../fields.ts";
import { RowsChanged } from "../rows.ts";
import { reason } from "../wording.ts";
import { contract, identifier, NO_SUCH_ROW } from "./processing.ts";

const MOST_ROWS = 100;
// The keys are part of the address of a request to the database.
const LONGEST_KEY = 64;
/** So many calls of the database are under way at a time. */
const AT_ONCE = 4;

const idsOfRows = f.fieldsOf({
  ids: v.pipe(
    v.array(f.text(LONGEST_KEY), reason("list")),
    v.minLength(1, reason("empty")),
    v.maxLength(MOST_ROWS, reason("too_many_rows", { most: MOST_ROWS })),
  ),
});
const retry = many("retry", "Run many rows again that failed or were cancelled", {
  from: ["failed", "cancelled"],
  to: "pending",
});

const cancel = many("cancel", "Stop many rows that wait or run", {
  from: ["pending", "processing"],
  to: "cancelled",
});

export const processingMany = [retry, cancel];

type Verb = "retry" | "cancel";

type Change = {
  /** Rows with another status stay as they are. */
  from: readonly string[];
  /** The status of a row that was changed. */
  to: string;
};

function many(verb: Verb, summary: string, change: Change): Endpoint {
  return endpoint({
    method: "POST",
    path: `/processing/:table/${verb}`,
    summary,
    description:
      `At most ${MOST_ROWS} rows. A row that is refused does not keep the others from it.`,
    params: v.object({ table: identifier }),
    body: idsOfRows,
    status: 200,
    answer: RowsChanged,
  }, (c, { params, body }) => changeAll(c, verb, params.table, body.ids, change));
}

async function changeAll(
  c: Context<Env>,
  verb: Verb,
  table: string,
  ids: readonly string[],
  { from, to }: Change,
): Promise<v.InferOutput<typeof RowsChanged>> {
  const asked = [...new Set(ids)];
  const rows = await ownRows(c, table, asked);
  const due = rows.filter(({ status }) => from.includes(status));
  const answer = {
    changed: 0,
    unchanged: rows.length - due.length,
    missing: Math.max(0, asked.length - rows.length),
    refused: [] as { id: string; code: string; message: string }[],
  };
  const work = async () => {
    for (let row = due.shift(); row; row = due.shift()) {
      const { data, error } = await contract(c).rpc(verb, {
        table_name: `public.${table}`,
        row_id: row.id,
        requested_by: callerId(c),
      });
      if (error) {
        const refused = fromDatabase(error);
        logFailure(c, refused);
        answer.refused.push({ id: row.id, code: refused.code, message: refused.message });
      } else if ((data as { status?: string } | null)?.status === to) answer.changed += 1;
      else answer.unchanged += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return answer;
}

/** The rows among these that the caller can read. Throws a 404 if it is no table of theirs. */
async function ownRows(c: Context<Env>, table: string, ids: readonly string[]) {
  // The cast is needed because any table may be attached, and some have no generated types.
  const database = callersDatabase(c) as unknown as SupabaseClient;
  const found = await database.from(table).select("id, processing_status").in("id", ids);
  if (found.error && NO_SUCH_ROW.includes(found.error.code)) {
    throw fromDatabase({ code: "P0002", message: "" });
  }
  const rows = dataOf(found) as unknown as { id: string | number; processing_status: string }[];
  return rows.map(({ id, processing_status: status }) => ({ id: String(id), status }));
}
