/**
 * Sends requests to the real handler, which works on a running stack.
 * tests/app/functions/test_edge_functions.py sets the variables that name the stack.
 */

import { strictEqual } from "node:assert/strict";

import { createClient, type SupabaseClient } from "@supabase/supabase-js";

import api from "../api/index.ts";
import type { Database } from "../_shared/database.types.ts";

export const stackUrl = variable("SUPABASE_URL");
const publishableKey = variable("SUPABASE_PUBLISHABLE_KEY");

const QUIET = { auth: { persistSession: false, autoRefreshToken: false } };

/** The database with all rights; with it, tests write what the worker would write. */
export const worker = createClient<Database>(stackUrl, variable("SUPABASE_SECRET_KEY"), QUIET);

export type User = { id: string; token: string; database: SupabaseClient<Database> };

/** Signs up a new user. */
export async function signUp(): Promise<User> {
  const answer = await fetch(`${stackUrl}/auth/v1/signup`, {
    method: "POST",
    headers: { apikey: publishableKey, "content-type": "application/json" },
    body: JSON.stringify({
      email: `${crypto.randomUUID()}@example.com`,
      password: crypto.randomUUID(),
    }),
  });
  strictEqual(answer.status, 200);
  const { access_token: token, user } = await answer.json();
  const headers = { Authorization: `Bearer ${token}` };
  const database = createClient<Database>(stackUrl, publishableKey, {
    ...QUIET,
    global: { headers },
  });
  return { id: user.id, token, database };
}

// deno-lint-ignore no-explicit-any -- a test looks into answers of every shape
export type Answer = { status: number; body: any; headers: Headers };

type Extras = { headers?: Record<string, string>; raw?: string };

/** Sends one request to the handler, with `body` as JSON, or with `raw` unchanged if it is given. */
export async function ask(
  user: { token: string } | null,
  method: string,
  path: string,
  body?: unknown,
  { headers, raw }: Extras = {},
): Promise<Answer> {
  const request = new Request(`${stackUrl}/api${path}`, {
    method,
    headers: {
      ...(user ? { authorization: `Bearer ${user.token}`, apikey: publishableKey } : {}),
      ...(body === undefined && raw === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
  });
  const response = await api.fetch(request);
  const text = await response.text();
  return {
    status: response.status,
    body: text === "" ? null : JSON.parse(text),
    headers: response.headers,
  };
}

/** Adds a position for the user through the function, and returns its row. */
export async function newPosition(user: User) {
  const { body } = await ask(user, "POST", "/job-positions/by-url", {
    jobUrl: "https://example.com/jobs/baker",
  });
  return body;
}

/** The code of an error answer, whose message and request id are checked, too. */
export function codeOf({ body, headers }: Answer): string {
  strictEqual(typeof body.error.message, "string");
  strictEqual(body.error.requestId, headers.get("x-request-id"));
  return body.error.code;
}

/**
 * Sets environment variables while `run` runs, and then restores them; undefined deletes a
 * variable.
 */
export async function withVariables(
  variables: Record<string, string | undefined>,
  run: () => Promise<void>,
): Promise<void> {
  const before = Object.keys(variables).map((name) => [name, Deno.env.get(name)] as const);
  set(Object.entries(variables));
  try {
    await run();
  } finally {
    set(before);
  }
}

function set(variables: readonly (readonly [string, string | undefined])[]): void {
  for (const [name, value] of variables) {
    if (value === undefined) Deno.env.delete(name);
    else Deno.env.set(name, value);
  }
}

function variable(name: string): string {
  const value = Deno.env.get(name);
  if (!value) throw new Error(`${name} is not set: run make test, or name a running stack`);
  return value;
}
