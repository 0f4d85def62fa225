/**
 * Prints the OpenAPI document of the routes. `docs/openapi.json` is a copy of the output.
 *
 *     deno run --allow-env supabase/functions/api/openapi.ts > docs/openapi.json
 */

import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";

import type { Endpoint } from "./endpoint.ts";
import { endpoints } from "./routes/all.ts";
import * as rows from "./rows.ts";

const ERRORS = {
  400: "Fields are missing or wrong; `fields` says which.",
  401: "No access token of a user, or one that has expired.",
  403: "Something named in the request belongs to somebody else.",
  404: "There is no such row, or it belongs to somebody else.",
  409: "The row cannot be run in the state that it is in.",
  413: "The body is larger than 1 MB.",
  415: "The body is not JSON.",
  422: "The request is well-formed, and what it asks for is refused.",
  429: "`too_many_open_rows`: too many rows of this user are waiting or running. " +
    "`too_many_runs`: the row was run again as often as one day allows.",
  500: "A failure of the service.",
  503: "The database does not answer.",
};

const HEADERS: Record<string, object> = {
  429: {
    "retry-after": {
      description: "In how many seconds it makes sense to ask again, where that is known.",
      schema: { type: "integer" },
    },
  },
};

const INFO = {
  title: "Edge Function api",
  version: "1",
  description: "Adds rows that a worker fills in, and answers at once with the row. What becomes " +
    "of a row comes through Supabase Realtime. Every answer carries `x-request-id`: the caller's " +
    "own, if it sent one.",
};

const USER = {
  type: "http",
  scheme: "bearer",
  bearerFormat: "JWT",
  description: "The access token of a signed-in user. Supabase asks for an `apikey` beside it.",
};

export function openApiDocument() {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const one of endpoints) {
    const path = `/api${one.path.replace(/:(\w+)/g, "{$1}")}`;
    paths[path] = { ...paths[path], [one.method.toLowerCase()]: operation(one) };
  }
  return {
    openapi: "3.1.0",
    info: INFO,
    servers: [{ url: "http://127.0.0.1:54321/functions/v1", description: "Local stack" }],
    security: [{ user: [] }],
    paths,
    components: {
      securitySchemes: { user: USER },
      schemas: mapped(rows, (schema) => jsonSchema(schema, "output")),
      responses: mapped(ERRORS, (description, status) => (
        {
          description,
          headers: HEADERS[status],
          ...json({ $ref: "#/components/schemas/ErrorBody" }),
        }
      )),
    },
  };
}

function operation(one: Endpoint) {
  const [answer] = Object.entries(rows).find(([, schema]) => schema === one.answer)!;
  const success = {
    description: one.status === 201 ? "Added." : "As asked.",
    ...json({ $ref: `#/components/schemas/${answer}` }),
  };
  const errors = Object.keys(ERRORS).map((status) => [
    status,
    { $ref: `#/components/responses/${status}` },
  ]);
  const requestBody = one.body && json(jsonSchema(one.body, "input"));
  return {
    summary: one.summary,
    description: one.description,
    parameters: one.params && parameters(one.params),
    requestBody: requestBody && { required: isNeeded(one.body!), ...requestBody },
    responses: { [one.status]: success, ...Object.fromEntries(errors) },
  };
}

function json(schema: object) {
  return { content: { "application/json": { schema } } };
}

function mapped<T, U>(
  entries: Record<string, T>,
  change: (one: T, name: string) => U,
): Record<string, U> {
  return Object.fromEntries(
    Object.entries(entries).map(([name, one]) => [name, change(one, name)]),
  );
}

function parameters(schema: v.GenericSchema) {
  const properties = jsonSchema(schema, "input").properties ?? {};
  return Object.entries(properties).map(([name, property]) => (
    { name, in: "path", required: true, schema: property }
  ));
}

/** Whether the schema refuses the body `{}`, so that a request needs a body. */
function isNeeded(schema: v.GenericSchema): boolean {
  const { required, minProperties } = jsonSchema(schema, "input");
  return (required ?? []).length > 0 || (minProperties ?? 0) > 0;
}

// Rules that JSON Schema cannot express are left out, for instance a limit in bytes.
function jsonSchema(schema: v.GenericSchema, typeMode: "input" | "output") {
  // Without `$schema`, because OpenAPI 3.1 sets the dialect for the whole document.
  const { $schema: _, ...converted } = toJsonSchema(schema, { errorMode: "ignore", typeMode });
  return converted;
}

if (import.meta.main) console.log(JSON.stringify(openApiDocument(), null, 2));
