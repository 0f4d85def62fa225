/** What every tab works with: the signed-in user, calls to the API, messages for screen readers. */
import { FunctionsHttpError, type SupabaseClient } from "@supabase/supabase-js";
import type { Config } from "./config.ts";
import type { LiveRows } from "liverows";
import type { JobPosition } from "./rows.ts";

export interface Desk {
  config: Config;
  client: SupabaseClient;
  userId: string;
  /** The user's positions; an interview or a research may belong to one of them. */
  positions: LiveRows<JobPosition>;
  /** Lets screen readers say a sentence, for users who do not see the screen. */
  announce(sentence: string): void;
}

/** The API refused a request; the message is meant for the user. */
export class Refusal extends Error {}

/** Calls the Edge Function `api` as the user; throws a `Refusal`. */
export async function call(
  { client }: Desk,
  method: "POST" | "PATCH",
  path: string,
  body: object = {},
): Promise<unknown> {
  const { data, error } = await client.functions.invoke(`api/${path}`, { method, body });
  if (!error) return data;
  if (error instanceof FunctionsHttpError) throw await refusal(error.context as Response);
  throw new Refusal("The server cannot be reached. Nothing was saved; please try again.");
}

/** Every error of the API is `{error: {code, message, fields?, requestId}}`. */
async function refusal(response: Response): Promise<Refusal> {
  const answer = await response.json().catch(() => null);
  const error = (answer as { error?: { message?: string; fields?: object } } | null)?.error;
  const fields = Object.entries(error?.fields ?? {}).map(([name, what]) => `${name} ${what}`);
  if (fields.length) return new Refusal(`${fields.join("; ")}.`);
  return new Refusal(error?.message ?? `The server refused this (${response.status}).`);
}
