/** Tells which kinds of rows are worked on at present, and which services their workers have. */

import type * as v from "valibot";

import { endpoint } from "../endpoint.ts";
import { adminDatabase } from "../env.ts";
import { dataOf } from "../errors.ts";
import { Capabilities } from "../rows.ts";

/** The pipelines that a user may know of; others in the database are not told. */
const PIPELINES = {
  positions: "enrich-job-position",
  interviews: "analyse-interview",
  companies: "company-research",
} as const;

type Kind = keyof typeof PIPELINES;
type Told = Record<string, v.InferOutput<typeof Capabilities>[Kind]>;

const read = endpoint({
  method: "GET",
  path: "/capabilities",
  summary: "What rows can expect at present",
  description: "By kind of row: whether a worker is there, and which services it has, as yes or " +
    "no. Null for a kind that this project does not have.",
  status: 200,
  answer: Capabilities,
}, async (c) => {
  const told = dataOf(await adminDatabase(c).schema("processing").rpc("capabilities")) as Told;
  c.header("cache-control", "no-store");
  const kinds = Object.entries(PIPELINES).map(([kind, slug]) => [kind, told[slug] ?? null]);
  return Object.fromEntries(kinds);
});

export const capabilities = [read];
