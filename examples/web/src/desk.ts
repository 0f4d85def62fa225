/** What every tab works with: the signed-in user, calls to the API, messages for screen readers. */
import { FunctionsHttpError, type SupabaseClient } from "@supabase/supabase-js";
import type { Config } from "./config.ts";
import { fieldWords, inOne, known, type Params, sentenceFor, t } from "./language.ts";
import { type Call, type LiveOptions, type LiveRows, liveRows } from "liverows";
import type { JobPosition } from "./rows.ts";
import { newTraceparent } from "./trace.ts";

export interface Desk {
  config: Config;
  client: SupabaseClient;
  userId: string;
  /** The user's positions; an interview or a research may belong to one of them. */
  positions: LiveRows<JobPosition>;
  /** Lets screen readers say a sentence, for users who do not see the screen. */
  announce(sentence: string): void;
  /** Says what went wrong. It stays on screen until the person goes on. */
  alert(sentence: string): void;
}

type Caller = Pick<Desk, "client">;

/** Live rows whose `retry`, `cancel` and `resetToAutomatic` are refused in words of the page. */
export function rowsOf<Row extends object>(
  desk: Caller,
  options: Omit<LiveOptions<Row>, "call">,
): LiveRows<Row> {
  const ask: Call = ({ verb, table, key, fresh, columns }) =>
    call(desk, "POST", `processing/${table}/${encodeURIComponent(key)}/${verb}`, {
      fresh,
      columns,
    });
  // Which options there are depends on the type of the row, which is not known here.
  return liveRows<Row>(desk.client, { ...options, call: ask } as never);
}

/** The API refused a request; the message is meant for the user. */
export class Refusal extends Error {
  /** Whether nothing was done; without an answer, or after a failure, that is not known. */
  readonly isFinal: boolean;

  constructor(message: string, status = 500) {
    super(message);
    this.isFinal = status < 500;
  }
}

/** Calls the Edge Function `api` as the user; throws a `Refusal`. */
export async function call(
  { client }: Caller,
  method: "POST" | "PATCH",
  path: string,
  body: object = {},
): Promise<unknown> {
  const headers = { traceparent: newTraceparent() };
  const { data, error } = await client.functions.invoke(`api/${path}`, { method, body, headers });
  if (!error) return data;
  if (error instanceof FunctionsHttpError) throw await refusal(error.context as Response);
  throw new Refusal(t("desk.unreachable"));
}

/** The error of an answer of the API; `fields` in English, `reasons` to say in another language. */
interface ApiError {
  code?: string;
  message?: string;
  params?: Params;
  fields?: Record<string, string>;
  reasons?: Record<string, { code: string; params?: Params }>;
}

async function refusal(response: Response): Promise<Refusal> {
  const answer: { error?: ApiError } | null = await response.json().catch(() => null);
  const error = answer?.error ?? {};
  if (error.code === "invalid_request" && error.fields) return new Refusal(wrongFields(error), 400);
  const said = error.code ? sentenceFor("refusals", error.code, error.params) : undefined;
  const { status } = response;
  if (said) return new Refusal(inOne(said), status);
  return new Refusal(error.message ?? t("desk.refused", { status }), status);
}

function wrongFields({ fields = {}, reasons = {} }: ApiError): string {
  const wrong = Object.entries(fields).map(([path, english]) => {
    const reason = reasons[path];
    const what = (reason && fieldWords(reason.code, reason.params)) ?? english;
    return t("desk.field", { field: fieldName(path), what });
  });
  return wrong.join(" ");
}

/** `companies.2.companyUrl` → "3. Web address": people count from one. */
function fieldName(path: string): string {
  const parts = path.split(".");
  const name = parts.findLast((part) => !/^\d+$/.test(part)) ?? path;
  const place = parts.find((part) => /^\d+$/.test(part));
  const label = known(`field.${name}`) ?? name;
  return place === undefined ? label : `${Number(place) + 1}. ${label}`;
}

/** By SQLSTATE, the code of the refusal; a message of the database is for operators. */
const BY_SQLSTATE: Record<string, string> = {
  RJ005: "conflict",
  RJ006: "too_many_open_rows",
  RJ008: "too_many_runs",
  "42501": "forbidden",
};

/**
 * The refusal for an error of a table that the page itself has written to. An error without a code
 * means that the database did not answer.
 */
export function refusedByDatabase({ code = "" }: { code?: string }): Refusal {
  if (!code) return new Refusal(t("desk.unreachable"));
  const isValue = code.startsWith("22") || code.startsWith("23");
  const refused = BY_SQLSTATE[code] ?? (isValue ? "unprocessable" : "internal");
  return new Refusal(inOne(sentenceFor("refusals", refused)!));
}
