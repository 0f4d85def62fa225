/**
 * One shape for every error: `{error: {code, message, fields?, requestId}}`. Messages of the
 * database are neither sent nor logged, because they may quote the row.
 */

import { AuthError } from "@supabase/server";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";

import type { Env } from "./env.ts";

/** What is wrong, by field: its path such as `companies.2.companyUrl`, or `body` for the whole. */
export type Fields = Record<string, string>;

export class ApiError extends Error {
  /** After how many seconds the caller may try again, if that is known. */
  retryAfter?: number;

  constructor(
    readonly status: ContentfulStatusCode,
    readonly code: string,
    message: string,
    readonly fields?: Fields,
  ) {
    super(message);
  }
}

export function refuse(
  status: ContentfulStatusCode,
  code: string,
  message: string,
  fields?: Fields,
): never {
  throw new ApiError(status, code, message, fields);
}

type DatabaseError = { code?: string; message: string; details?: string | null };
type Answer = [status: ContentfulStatusCode, code: string, message: string];

const NOT_FOUND: Answer = [404, "not_found", "There is no such row."];
const EXPIRED: Answer = [401, "unauthorized", "The session has expired. Sign in again."];
const UNAVAILABLE: Answer = [
  503,
  "unavailable",
  "The database does not answer. Try again shortly.",
];
const MALFORMED: Answer = [400, "invalid_request", "The database cannot read one of the values."];

// The answers for some codes of PostgREST and SQLSTATEs. The first migration explains the RJ codes.
const ANSWERS: Record<string, Answer> = {
  "": UNAVAILABLE, // an error without a code: as a rule the database did not answer at all
  RJ003: NOT_FOUND,
  RJ005: [409, "conflict", "The row cannot be run in the state that it is in."],
  RJ006: [
    429,
    "too_many_open_rows",
    "Too much is waiting or running. Let some of it finish first.",
  ],
  RJ008: [
    429,
    "too_many_runs",
    "This was run again as often as one day allows. Try again later.",
  ],
  P0002: NOT_FOUND,
  PGRST116: NOT_FOUND,
  PGRST205: NOT_FOUND,
  PGRST301: EXPIRED,
  PGRST302: EXPIRED,
  PGRST303: EXPIRED,
  "42501": [403, "forbidden", "This is not allowed: something named here is not yours to use."],
  "23502": [422, "unprocessable", "A value is missing."],
  "23503": [422, "unprocessable", "Something named here does not exist."],
  "23514": [422, "unprocessable", "A value is outside what is allowed."],
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
  const [status, name, message] = answer ?? INTERNAL;
  const refused = new ApiError(status, name, message);
  refused.cause = `database error ${code || "without a code"}`;
  if (status === 429 && /^\d+$/.test(error.details ?? "")) {
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

const INTERNAL: Answer = [500, "internal", "Something went wrong on our side."];

export function errorResponse(
  c: Context<Env>,
  status: ContentfulStatusCode,
  code: string,
  message: string,
  fields?: Fields,
): Response {
  return c.json({ error: { code, message, fields, requestId: c.var.requestId } }, status);
}

/** Answers an error of a route or the middleware in the one shape; logs it from status 500 on. */
export function respondTo(error: Error, c: Context<Env>): Response {
  const known = asApiError(error);
  if (known.status >= 500) {
    console.error(JSON.stringify({
      level: "error",
      requestId: c.var.requestId,
      status: known.status,
      code: known.code,
      cause: known.cause,
    }));
  }
  if (known.retryAfter !== undefined) c.header("retry-after", String(known.retryAfter));
  return errorResponse(c, known.status, known.code, known.message, known.fields);
}

function asApiError(error: Error): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof HTTPException) {
    if (error.cause instanceof AuthError && error.status === 401) {
      return new ApiError(401, "unauthorized", whyUnauthorized(error.cause));
    }
    if (error.status < 500) return new ApiError(error.status, "invalid_request", error.message);
  }
  const failure = new ApiError(...INTERNAL);
  const root = error.cause instanceof AuthError ? error.cause : error;
  failure.cause = root instanceof AuthError ? root.code : `${root.name}: ${root.stack}`;
  return failure;
}

function whyUnauthorized(error: AuthError): string {
  if (error.message.includes("expired")) return EXPIRED[2];
  return "Sign in first: this needs the access token of a user.";
}
