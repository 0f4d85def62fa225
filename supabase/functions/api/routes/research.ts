/** Adds research about one company or many, and answers its state to clients that poll. */

import * as v from "valibot";

import { endpoint } from "../endpoint.ts";
import { callersDatabase, newRow } from "../env.ts";
import { dataOf } from "../errors.ts";
import * as f from "../fields.ts";
import { statusOfBatch, statusOfResearch } from "../research_status.ts";
import { BatchStarted, ResearchStarted, ResearchStatus } from "../rows.ts";
import { refusePrivate } from "../web_address.ts";
import { reason } from "../wording.ts";

const MOST_COMPANIES = 100;
// Less than the 300,000 bytes of the table, because Postgres adds spaces when it writes jsonb as
// text.
const MOST_COMPANIES_BYTES = 290_000;

const company = { companyName: f.text(200), companyUrl: f.maybe(f.webAddress) };
const how = { role: f.maybe(f.text(200)), deepMode: v.optional(f.flag, false) };

const companies = f.stored(
  v.pipe(
    v.array(
      v.union([f.text(200), f.fieldsOf(company)], reason("company")),
      reason("list"),
    ),
    v.minLength(1, reason("empty")),
    v.maxLength(MOST_COMPANIES, reason("too_many_companies", { most: MOST_COMPANIES })),
  ),
  MOST_COMPANIES_BYTES,
);

const direct = endpoint({
  method: "POST",
  path: "/research-direct",
  summary: "Research a company",
  body: f.fieldsOf({ ...company, ...how, jobPositionId: f.maybe(f.uuid) }),
  status: 201,
  answer: ResearchStarted,
}, async (c, { body }) => {
  refusePrivate("companyUrl", body.companyUrl);
  const row = dataOf(
    await callersDatabase(c).from("company_research").insert(newRow<"company_research">({
      company_name: body.companyName,
      company_url: body.companyUrl,
      role: body.role,
      deep_mode: body.deepMode,
      job_position_id: body.jobPositionId,
    })).select("id, company_name, role, deep_mode").single(),
  );
  return { ...started(row), company: row.company_name };
});

const batch = endpoint({
  method: "POST",
  path: "/research-batch",
  summary: "Research many companies",
  body: f.fieldsOf({ companies, ...how }),
  status: 201,
  answer: BatchStarted,
}, async (c, { body }) => {
  body.companies.forEach((one, place) => {
    if (typeof one === "object") refusePrivate(`companies.${place}.companyUrl`, one.companyUrl);
  });
  const row = dataOf(
    await callersDatabase(c).from("batch_jobs")
      .insert({ companies: body.companies, role: body.role, deep_mode: body.deepMode })
      .select("id, role, deep_mode, total, results").single(),
  );
  return { ...started(row), total: row.total, companies: row.results };
});

const status = endpoint({
  method: "GET",
  path: "/research-status/:jobId",
  summary: "State and results of a research or a batch",
  description: "For clients that poll. A page hears of each change through Realtime.",
  params: v.object({ jobId: f.uuid }),
  status: 200,
  answer: ResearchStatus,
}, async (c, { params }) => {
  const one = await callersDatabase(c).from("company_research").select(
    `id, processing_status, processing_stage, processing_progress, processing_error, result,
      created_at, updated_at`,
  ).eq("id", params.jobId).maybeSingle();
  if (one.data) return statusOfResearch(one.data);
  const many = one.error ? one : await callersDatabase(c).from("batch_jobs").select(
    "id, status, total, completed, failed, results, created_at, updated_at",
  ).eq("id", params.jobId).maybeSingle();
  return statusOfBatch(dataOf(many));
});

export const research = [direct, batch, status];

type Started = { id: string; role: string | null; deep_mode: boolean; total?: number };

function started(row: Started) {
  const duration = row.deep_mode ? "1-3 minutes" : "30-60 seconds";
  return {
    success: true,
    jobId: row.id,
    role: row.role,
    deepMode: row.deep_mode,
    statusUrl: `/functions/v1/api/research-status/${row.id}`,
    estimatedDuration: row.total === undefined ? duration : `${duration} per company`,
  };
}
