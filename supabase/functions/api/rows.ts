/** The answers of the routes, for the OpenAPI document. Real rows have more columns. */

import * as v from "valibot";

const moment = v.pipe(v.string(), v.metadata({ format: "date-time" }));
const id = v.pipe(v.string(), v.uuid());
const nullableText = v.nullable(v.string());

/** The key `id` and some of the columns that attach adds to a table. */
const processing = {
  id,
  /** Null for a row that is no work, for instance a note in `timeline_items`. */
  processing_status: v.nullable(
    v.picklist(["pending", "processing", "completed", "failed", "cancelled"]),
  ),
  processing_stage: nullableText,
  processing_progress: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100)),
  processing_error: v.nullable(v.looseObject({ code: v.string(), message: v.string() })),
  processing_edited: v.array(v.string()),
  processing_started_at: v.nullable(moment),
  processing_finished_at: v.nullable(moment),
};

export const AnyRow = v.looseObject(processing);

export const RowsChanged = v.object({
  changed: v.pipe(v.number(), v.description("How many rows were changed.")),
  unchanged: v.pipe(v.number(), v.description("How many rows had nothing left to do.")),
  missing: v.pipe(v.number(), v.description("How many rows there are not, or are not yours.")),
  refused: v.array(v.object({ id: v.string(), code: v.string(), message: v.string() })),
});

export const JobPosition = v.looseObject({
  ...processing,
  account_id: id,
  job_url: nullableText,
  job_title: nullableText,
  company_name: nullableText,
  company_logo: nullableText,
  company_website: nullableText,
  job_description: nullableText,
  salary_range: nullableText,
  location: nullableText,
  employment_type: nullableText,
  expected_salary: nullableText,
  offer_received: v.boolean(),
  archived: v.boolean(),
  notes: nullableText,
  created_at: moment,
  updated_at: moment,
});

export const TimelineItem = v.looseObject({
  ...processing,
  account_id: id,
  position_id: v.nullable(id),
  type: v.string(),
  title: nullableText,
  text: nullableText,
  notes: nullableText,
  interview_original_audio_path: nullableText,
  interview_candidate_speaker: v.nullable(v.number()),
  interview_score: v.nullable(v.number()),
  created_at: moment,
  updated_at: moment,
});

const started = {
  success: v.literal(true),
  jobId: id,
  role: nullableText,
  deepMode: v.boolean(),
  statusUrl: v.pipe(v.string(), v.description("Path under the project's URL.")),
  estimatedDuration: v.string(),
};

export const ResearchStarted = v.object({ ...started, company: v.string() });

const BatchEntry = v.looseObject({ id, companyName: v.string(), status: v.string() });

export const BatchStarted = v.object({
  ...started,
  total: v.number(),
  companies: v.array(BatchEntry),
});

export const ResearchStatus = v.object({
  jobId: id,
  status: v.picklist(["queued", "processing", "completed", "failed"]),
  progress: v.pipe(
    v.string(),
    v.regex(/^\d+\/\d+$/),
    v.description("Done/total: of 100 for one company, of the companies for a batch."),
  ),
  createdAt: moment,
  updatedAt: moment,
  isComplete: v.boolean(),
  isFailed: v.boolean(),
  results: v.pipe(
    v.nullable(v.union([v.looseObject({}), v.array(BatchEntry)])),
    v.description("The brief as plain texts and lists of texts; of a batch its companies."),
  ),
  message: v.string(),
});

const Capability = v.object({
  served: v.pipe(
    v.boolean(),
    v.description("Whether a worker runs such rows at present; if not, they wait."),
  ),
  paused: v.pipe(v.boolean(), v.description("Whether the operator has paused such rows.")),
  services: v.pipe(
    v.record(v.string(), v.boolean()),
    v.description(
      "Which services are set up, by name; a service that no worker tells is left out.",
    ),
  ),
});

export const Capabilities = v.object({
  positions: v.nullable(Capability),
  interviews: v.nullable(Capability),
  companies: v.nullable(Capability),
});
const Params = v.record(v.string(), v.union([v.string(), v.number()]));

export const ErrorBody = v.object({
  error: v.object({
    code: v.string(),
    message: v.string(),
    params: v.optional(Params),
    fields: v.optional(v.record(v.string(), v.string())),
    reasons: v.optional(
      v.record(v.string(), v.object({ code: v.string(), params: v.optional(Params) })),
    ),
    requestId: v.string(),
  }),
});
