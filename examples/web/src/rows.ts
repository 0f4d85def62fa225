/** The rows of the tables as the page reads them, and the shapes of their JSON columns. */
import type { LiveRow } from "liverows";

export type Status = "pending" | "processing" | "completed" | "failed" | "cancelled";

export interface ProcessingError {
  code: string;
  message: string;
  stage?: string | null;
  /** Whether the same may succeed if it is tried again. */
  retryable?: boolean;
  /** The values in the message, so that it can be said in another language. */
  params?: Record<string, string | number>;
}

/** The columns that `processing.attach` adds to a table. */
export interface ProcessingRow extends LiveRow {
  processing_status: Status;
  processing_stage: string | null;
  processing_progress: number | null;
  processing_not_before: string | null;
  processing_error: ProcessingError | null;
  processing_edited?: string[] | null;
  processing_outdated?: string[] | null;
  processing_finished_at?: string | null;
  created_at: string;
}

/** Whether an input was changed while the row ran, so that the result is that of the old input. */
export function isOutdated(row: ProcessingRow): boolean {
  return row.processing_status === "completed" && Boolean(row.processing_outdated?.length);
}

/** Where a field of a position comes from. */
export interface FieldSource {
  method: string;
  source_url?: string | null;
  evidence?: string | null;
}

export interface JobPosition extends ProcessingRow {
  job_url: string | null;
  raw_job_description: string | null;
  quick_look: { job_title?: string | null; company_name?: string | null } | null;
  job_title: string | null;
  company_name: string | null;
  company_logo: string | null;
  company_website: string | null;
  job_description: string | null;
  salary_range: string | null;
  location: string | null;
  workplace_type: string | null;
  employment_type: string | null;
  posted_at: string | null;
  valid_through: string | null;
  apply_url: string | null;
  expected_salary: string | null;
  offer_received: boolean;
  archived: boolean;
  notes: string | null;
  extraction: { fields?: Record<string, FieldSource>; warnings?: Warning[] } | null;
}

/** A code, or a code with a message for the user. */
export type Warning =
  | string
  | { code?: string; message?: string; params?: Record<string, string | number> };

export interface Turn {
  index: number;
  speaker: number | string | null;
  role: "candidate" | "interviewer" | "unknown";
  text: string;
  start: number | null;
  end: number | null;
}

export const DIMENSIONS = [
  "structure",
  "relevance",
  "clarity_conciseness",
  "specificity_detail",
  "actions_contribution",
  "results_impact",
  "competency_demonstration",
] as const;

export type Dimension = (typeof DIMENSIONS)[number];
export type Scores = Partial<Record<Dimension, number | null>>;

export interface Quote {
  quote: string;
  start?: number | null;
  end?: number | null;
  supports?: "strength" | "gap";
}

export interface Question extends LiveRow, Scores {
  timeline_item_id?: string;
  question_number: number;
  question_type: string | null;
  question_title: string | null;
  question_text: string | null;
  answer_text: string | null;
  question_start_second: number | null;
  answer_start_second: number | null;
  score: number | null;
  scoring_status: "pending" | "scored" | "skipped" | "failed";
  scoring_reason?: string | null;
  feedback: string | null;
  evidence: Partial<Record<Dimension, Quote[]>> | null;
  improvements: { text: string; dimension?: string }[] | null;
  notes?: string | null;
}

export interface Remark {
  text: string;
  question_numbers?: number[];
}

export interface Interview extends ProcessingRow {
  title: string | null;
  type: "INTERVIEW_ANALYSE" | "MOCK_ANALYSE";
  position_id: string | null;
  interview_original_audio_path: string | null;
  interview_candidate_speaker: number | null;
  interview_position: { company_name?: string | null; job_title?: string | null } | null;
  interview_transcript: Turn[] | null;
  interview_questions_preview: Question[] | null;
  interview_score: number | null;
  interview_language: string | null;
  interview_duration_seconds: number | null;
  interview_metrics: Record<string, unknown> | null;
  interview_summary: {
    dimensions?: Scores;
    strengths?: Remark[];
    priorities?: Remark[];
    overall?: string | null;
    rubric_version?: string;
  } | null;
  warnings: Warning[] | null;
}

/** A claim with the ids of its sources. If `quoted`, it is a sentence of the source, word by word. */
export interface Claim {
  text: string;
  sources: string[];
  basis?: "stated" | "inferred" | "quoted";
}

export interface Source {
  id: string;
  url: string;
  title?: string | null;
  kind?: string;
}

export interface Brief {
  overview?: Claim | null;
  executiveSummary?: Claim | null;
  products?: Claim[];
  techStack?: { name: string; evidence?: string[]; basis?: string }[];
  salaryRange?: {
    min?: number | null;
    max?: number | null;
    currency?: string;
    interval?: string;
    sources?: string[];
  } | null;
  interviewQuestions?: {
    text: string;
    kind?: string;
    why?: string;
    sources?: string[];
    generic?: boolean;
  }[];
  preparationTips?: (string | Claim)[];
  keyTalkingPoints?: Claim[];
  topChallenges?: Claim[];
  cultureInsights?: Claim | null;
  companyValues?: Claim[];
  smartQuestions?: (string | Claim)[];
  redFlags?: Claim[];
  keyTopics?: string[];
  sources?: Source[];
  metadata?: {
    researchedAt?: string | null;
    model?: string | null;
    /** The lists that hold advice for any company, because too little was found for its own. */
    generic?: string[];
  };
}

export interface Research extends ProcessingRow {
  company_name: string;
  company_url: string | null;
  role: string | null;
  deep_mode: boolean;
  batch_id: string | null;
  result: Brief | null;
  prep_checklist: { item: string; done?: boolean }[] | null;
  coverage: Record<string, string> | null;
  warnings: Warning[] | null;
}

export interface Batch extends LiveRow {
  companies: (string | { companyName: string })[];
  role: string | null;
  total: number;
  completed: number;
  failed: number;
  status: "pending" | "processing" | "completed" | "failed";
  created_at: string;
}
