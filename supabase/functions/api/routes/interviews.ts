/** Adds a recording or a mock interview to be analysed, and changes a timeline item. */

import * as v from "valibot";

import { endpoint } from "../endpoint.ts";
import { callerId, callersDatabase, newRow } from "../env.ts";
import { dataOf, refuse } from "../errors.ts";
import * as f from "../fields.ts";
import { TimelineItem } from "../rows.ts";
import { reason } from "../wording.ts";

const MOST_PARAGRAPHS = 5000;
// Less than the 1,000,000 bytes of the table, because Postgres adds spaces when it writes jsonb as
// text.
const MOST_TRANSCRIPT_BYTES = 940_000;

const AUDIO = /^[a-z0-9][a-z0-9._-]{0,199}\.(?:mp3|mp4|aac|wav|flac|pcm|m4a|ogg|opus|webm)$/i;

const common = {
  positionId: f.maybe(f.uuid),
  title: f.maybe(f.text(300)),
  interviewInstructions: f.maybe(f.text(10_000)),
  candidateSpeaker: f.maybe(f.count),
};

const language = v.pipe(
  f.text(35),
  v.regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, reason("language")),
);

const paragraph = f.fieldsOf({
  id: f.count,
  speaker: v.union([f.count, f.text(100)], reason("speaker")),
  sentence: f.text(20_000),
  start: v.optional(f.seconds),
  end: v.optional(f.seconds),
});

const analyseRecording = endpoint({
  method: "POST",
  path: "/timeline-items/analyse-interview",
  summary: "Analyse a recording in the bucket interviews",
  body: f.fieldsOf({ ...common, interviewPath: f.text(300), language: f.maybe(language) }),
  status: 201,
  answer: TimelineItem,
}, async (c, { body }) => {
  checkRecording(body.interviewPath, callerId(c));
  return dataOf(
    await callersDatabase(c).from("timeline_items").insert(newRow<"timeline_items">({
      ...columnsOf(body),
      type: "INTERVIEW_ANALYSE",
      interview_original_audio_path: body.interviewPath,
      interview_language_given: body.language,
    })).select().single(),
  );
});

const analyseMock = endpoint({
  method: "POST",
  path: "/mock-interview/analyse",
  summary: "Analyse the paragraphs of a mock interview",
  body: f.fieldsOf({
    ...common,
    language: f.maybe(language),
    transcript: f.stored(
      v.pipe(
        v.array(paragraph, reason("list")),
        v.minLength(1, reason("empty")),
        v.maxLength(MOST_PARAGRAPHS, reason("too_many_paragraphs", { most: MOST_PARAGRAPHS })),
      ),
      MOST_TRANSCRIPT_BYTES,
    ),
  }),
  status: 201,
  answer: TimelineItem,
}, async (c, { body }) =>
  dataOf(
    await callersDatabase(c).from("timeline_items").insert(newRow<"timeline_items">({
      ...columnsOf(body),
      type: "MOCK_ANALYSE",
      interview_transcript_given: body.transcript,
      interview_language_given: body.language,
    })).select().single(),
  ));

const edit = endpoint({
  method: "PATCH",
  path: "/timeline-items/:id",
  summary: "Edit an interview",
  description: "Another candidate speaker has the interview analysed again, from there on; " +
    "at most 10 times a day.",
  params: v.object({ id: f.uuid }),
  body: f.changesOf({
    interview_candidate_speaker: f.orNull(f.count),
    title: f.orNull(f.text(300)),
    notes: f.orNull(f.text(100_000)),
  }),
  status: 200,
  answer: TimelineItem,
}, async (c, { params, body }) =>
  // If the candidate speaker changes, a trigger may queue the interview again.
  dataOf(
    await callersDatabase(c).from("timeline_items")
      .update(body).eq("id", params.id).select().maybeSingle(),
  ));

export const interviews = [analyseRecording, analyseMock, edit];

type Common = v.InferOutput<ReturnType<typeof f.fieldsOf<typeof common>>>;

function columnsOf(given: Common) {
  return {
    position_id: given.positionId,
    title: given.title,
    interview_instructions: given.interviewInstructions,
    interview_candidate_speaker: given.candidateSpeaker,
  };
}

/** Throws a 403 outside of the caller's own folder, because the worker may read every object. */
function checkRecording(path: string, owner: string): void {
  const [folder, name, ...deeper] = path.split("/");
  if (folder !== owner) {
    refuse(403, "forbidden", {
      params: { kind: "folder" },
      fields: { interviewPath: { code: "own_folder" } },
    });
  }
  if (name === undefined || deeper.length > 0 || !AUDIO.test(name)) {
    refuse(422, "unsupported_media", { fields: { interviewPath: { code: "audio_file" } } });
  }
}
