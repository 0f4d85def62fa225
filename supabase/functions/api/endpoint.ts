/**
 * The form of a route. The router and the OpenAPI document are both built from these objects. Only
 * tests compare an answer with its schema.
 */

import type { Context } from "hono";
import * as v from "valibot";

import type { Env } from "./env.ts";
import { ApiError, type Reasons, refuse } from "./errors.ts";
import { readReason } from "./wording.ts";

type Schema = v.GenericSchema;

const Nothing = v.object({});
type Nothing = typeof Nothing;

type About<Params extends Schema, Body extends Schema> = {
  method: "GET" | "POST" | "PATCH";
  /** The path in the notation of Hono: `/job-positions/:id`. */
  path: string;
  summary: string;
  description?: string;
  params?: Params;
  body?: Body;
  status: 200 | 201;
  answer: Schema;
};

type Input<Params extends Schema, Body extends Schema> = {
  params: v.InferOutput<Params>;
  body: v.InferOutput<Body>;
};

export type Endpoint = About<Schema, Schema> & {
  serve: (c: Context<Env>) => Promise<Response>;
};

/**
 * Makes a route. `handle` gets checked parameters and body; its result is sent as JSON. Wrong input
 * throws an `ApiError` with 400 or 415.
 */
export function endpoint<Params extends Schema = Nothing, Body extends Schema = Nothing>(
  about: About<Params, Body>,
  handle: (c: Context<Env>, input: Input<Params, Body>) => Promise<unknown>,
): Endpoint {
  return {
    ...about,
    serve: async (c) => {
      const params = checked(about.params ?? Nothing, c.req.param());
      const body = checked(about.body ?? Nothing, about.body ? await jsonOf(c) : {});
      const answer = await handle(c, { params, body } as Input<Params, Body>);
      return c.json(answer as object, about.status);
    },
  };
}

const JSON_TYPE = /^application\/json\s*(;|$)/i;

/** The parsed body; `{}` for an empty one, so that the schema reports what is missing. */
async function jsonOf(c: Context<Env>): Promise<unknown> {
  const text = await c.req.text();
  if (text.trim() === "") return {};
  if (!JSON_TYPE.test(c.req.header("content-type") ?? "")) {
    refuse(415, "unsupported_media_type");
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    refuse(400, "invalid_json");
  }
  // A list becomes undefined, because the schemas of bodies would accept a list as an object.
  return Array.isArray(value) ? undefined : value;
}

function checked(schema: Schema, value: unknown): unknown {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  // Without a prototype, because a body may name a field "constructor".
  const fields: Reasons = Object.create(null);
  for (const issue of result.issues) {
    fields[v.getDotPath(issue) ?? "body"] ??= readReason(issue.message) ?? issue.message;
  }
  throw new ApiError(400, "invalid_request", { fields });
}
