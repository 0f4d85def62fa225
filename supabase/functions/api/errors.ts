/**
 * One shape for every error: `{error: {code, message, fields?, requestId}}`. Messages of the
 * database are neither sent nor logged, because they may quote the row.
 */

import { AuthError } from "@supabase/server";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";

import type { Env } from "./env.ts";
import { type Params, type Reason, type RefusalCode, sentenceFor, wordsFor } from "./wording.ts";

/** What is wrong, by field: its path such as `companies.2.companyUrl`, or `body` for the whole. */
export type Reasons = Record<string, Reason | string>;

/** What makes a refusal exact: which fields are wrong, and the values in its sentence. */
export type About = { fields?: Reasons; params?: Params };

export class ApiError extends Error {
  /** After how many seconds the caller may try again, if that is known. */
  retryAfter?: number;

  constructor(
    readonly status: ContentfulStatusCode,
    readonly code: RefusalCode,
    readonly about: About = {},
  ) {
    super(sentenceFor(code, about.params));
  }
}

/** Throws the refusal with this code, whose sentence is in the table. */
export function refuse(status: ContentfulStatusCode, code: RefusalCode, about?: About): never {
  throw new ApiError(status, code, about);
}

type DatabaseError = { code?: string; message: string; details?: string | null };
type Answer = [status: ContentfulStatusCode, code: RefusalCode];

const NOT_FOUND: Answer = [404, "not_found"];
const EXPIRED: Answer = [401, "unauthorized"];
const UNAVAILABLE: Answer = [503, "unavailable"];
const MALFORMED: Answer = [400, "invalid_request"];

// The answers for some codes of PostgREST and SQLSTATEs. The first migration explains the RJ codes.
const ANSWERS: Record<string, Answer> = {
  "": UNAVAILABLE, // an error without a code: as a rule the database did not answer at all
  RJ003: NOT_FOUND,
  RJ005: [409, "conflict"],
  RJ006: [429, "too_many_open_rows"],
  RJ008: [429, "too_many_runs"],
  P0002: NOT_FOUND,
  PGRST116: NOT_FOUND,
  PGRST205: NOT_FOUND,
  PGRST301: EXPIRED,
  PGRST302: EXPIRED,
  PGRST303: EXPIRED,
  "42501": [403, "forbidden"],
  "23502": [422, "unprocessable"],
  "23503": [422, "unprocessable"],
  "23514": [422, "unprocessable"],
  "57014": UNAVAILABLE,
};

// The answers for some other codes, by their first two characters, or six if the code begins with
// PGRST.
const CLASSES: Record<string, Answer> = {
  PGRST0: UNAVAILABLE,
  PGRST1: MALFORMED,
  "08": UNAVAILABLE,
  "22": MALFORMED,
  "53": UNAVAILABLE,
  "57": UNAVAILABLE,
};

/**
 * Turns an error of the database into one for the user, by its code. An unknown code becomes a 500.
 */
export function fromDatabase(error: DatabaseError): ApiError {
  const code = error.code ?? "";
  const answer = ANSWERS[code] ?? CLASSES[code.slice(0, code.startsWith("PGRST") ? 6 : 2)];
  const refused = new ApiError(...(answer ?? INTERNAL));
  refused.cause = `database error ${code || "without a code"}`;
  if (refused.status === 429 && /^\d+$/.test(error.details ?? "")) {
    refused.retryAfter = Number(error.details);
  }
  return refused;
}

/** The data of an answer from the database. Throws an `ApiError` for an error or without data. */
export function dataOf<T>(answer: { data: T; error: DatabaseError | null }): NonNullable<T> {
  if (answer.error) throw fromDatabase(answer.error);
  if (answer.data === null || answer.data === undefined) throw new ApiError(...NOT_FOUND);
  return answer.data;
}

const INTERNAL: Answer = [500, "internal"];

/** Answers with an error. `fields` are in words; `reasons` are the same, for a page to translate. */
export function errorResponse(c: Context<Env>, refused: ApiError): Response {
  const { status, code, message, about: { fields: given, params } } = refused;
  // Without a prototype, because a body may name a field "constructor".
  const fields: Record<string, string> = Object.create(null);
  const reasons: Record<string, Reason> = Object.create(null);
  for (const [field, why] of Object.entries(given ?? {})) {
    fields[field] = typeof why === "string" ? why : wordsFor(why);
    if (typeof why !== "string") reasons[field] = why;
  }
  const detail = given && { fields, reasons };
  return c.json(
    { error: { code, message, params, ...detail, requestId: c.var.requestId } },
    status,
  );
}

/** Logs an error from status 500 on; the others are the caller's. */
export function logFailure(c: Context<Env>, { status, code, cause }: ApiError): void {
  if (status < 500) return;
  const { requestId } = c.var;
  console.error(JSON.stringify({ level: "error", requestId, status, code, cause }));
}

/** Answers an error of a route or the middleware in the one shape; logs it from status 500 on. */
export function respondTo(error: Error, c: Context<Env>): Response {
  const known = asApiError(error);
  logFailure(c, known);
  if (known.retryAfter !== undefined) c.header("retry-after", String(known.retryAfter));
  return errorResponse(c, known);
}

function asApiError(error: Error): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof HTTPException) {
    if (error.cause instanceof AuthError && error.status === 401) {
      return new ApiError(...EXPIRED);
    }
    if (error.status < 500) return new ApiError(error.status, "invalid_request");
  }
  const failure = new ApiError(...INTERNAL);
  const root = error.cause instanceof AuthError ? error.cause : error;
  failure.cause = root instanceof AuthError ? root.code : `${root.name}: ${root.stack}`;
  return failure;
}
