import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";

import { app } from "../api/app.ts";
import { openApiDocument } from "../api/openapi.ts";

const { test } = Deno;

test("the document names every route, and no other", () => {
  const served = app.routes.filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
  const described = Object.entries(openApiDocument().paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`)
  );
  deepStrictEqual(described.sort(), served.sort());
});

test("every answer and every error has a schema", () => {
  const { paths, components } = openApiDocument();
  strictEqual(Object.keys(components.schemas).includes("ErrorBody"), true);
  const references = JSON.stringify(paths).matchAll(/#\/components\/(\w+)\/(\w+)/g);
  for (const [reference, kind, name] of references) {
    const known: Record<string, unknown> = kind === "schemas"
      ? components.schemas
      : components.responses;
    ok(name! in known, reference);
  }
});
