import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";

import { ask, codeOf, newPosition, signUp, worker } from "./support.ts";

const { test } = Deno;

const transcript = [
  { id: 0, speaker: 0, sentence: "Why do you bake?", start: 0, end: 1.5 },
  { id: 1, speaker: "me", sentence: "Because bread is good." },
];

test("a recording in the caller's folder is queued with everything that was said about it", async () => {
  const user = await signUp();
  const position = await newPosition(user);
  const { status, body } = await ask(user, "POST", "/timeline-items/analyse-interview", {
    interviewPath: `${user.id}/1763800000000.mp3`,
    positionId: position.id,
    title: "First talk",
    interviewInstructions: "Look at the numbers.",
    candidateSpeaker: 1,
    language: "de-AT",
  });
  strictEqual(status, 201);
  strictEqual(body.type, "INTERVIEW_ANALYSE");
  strictEqual(body.interview_original_audio_path, `${user.id}/1763800000000.mp3`);
  strictEqual(body.position_id, position.id);
  strictEqual(body.title, "First talk");
  strictEqual(body.interview_instructions, "Look at the numbers.");
  strictEqual(body.interview_candidate_speaker, 1);
  strictEqual(body.interview_language_given, "de-AT");
  strictEqual(body.processing_status, "pending");
});

test("a mock interview is queued with its paragraphs", async () => {
  const { status, body } = await ask(await signUp(), "POST", "/mock-interview/analyse", {
    transcript,
    language: "de",
  });
  strictEqual(status, 201);
  strictEqual(body.interview_language_given, "de");
  strictEqual(body.type, "MOCK_ANALYSE");
  deepStrictEqual(body.interview_transcript_given, transcript);
});

test("a wrong paragraph is named by its place", async () => {
  const { status, body } = await ask(await signUp(), "POST", "/mock-interview/analyse", {
    transcript: [transcript[0], { id: -1, speaker: true, sentence: "" }],
  });
  strictEqual(status, 400);
  deepStrictEqual(body.error.fields, {
    "transcript.1.id": "must not be negative",
    "transcript.1.speaker": "must be a number or a name",
    "transcript.1.sentence": "must not be empty",
  });
});

test("naming another candidate has a finished interview analysed again", async () => {
  const user = await signUp();
  const { body: item } = await ask(user, "POST", "/mock-interview/analyse", { transcript });
  await worker.from("timeline_items").update({ processing_status: "completed" }).eq("id", item.id);
  const { status, body } = await ask(user, "PATCH", `/timeline-items/${item.id}`, {
    interview_candidate_speaker: 1,
    notes: "I am the second one.",
  });
  strictEqual(status, 200);
  strictEqual(body.interview_candidate_speaker, 1);
  strictEqual(body.notes, "I am the second one.");
  strictEqual(body.processing_status, "pending");
});

test("a user cannot have the same interview analysed without end", async () => {
  const user = await signUp();
  const { body: item } = await ask(user, "POST", "/mock-interview/analyse", { transcript });
  const answers = [];
  for (let speaker = 1; speaker <= 11; speaker++) {
    await worker.from("timeline_items").update({ processing_status: "completed" })
      .eq("id", item.id);
    answers.push(
      await ask(user, "PATCH", `/timeline-items/${item.id}`, {
        interview_candidate_speaker: speaker,
      }),
    );
  }
  deepStrictEqual(answers.map(({ status }) => status), [...Array(10).fill(200), 429]);
  const refused = answers.at(-1)!;
  strictEqual(codeOf(refused), "too_many_runs");
  const seconds = Number(refused.headers.get("retry-after"));
  ok(seconds > 86_000 && seconds <= 86_400, `retry-after: ${seconds}`);
  const renamed = await ask(user, "PATCH", `/timeline-items/${item.id}`, { title: "Enough" });
  strictEqual(renamed.status, 200);
});

test("a stranger's interview cannot be edited", async () => {
  const { body: item } = await ask(await signUp(), "POST", "/mock-interview/analyse", {
    transcript,
  });
  const answer = await ask(await signUp(), "PATCH", `/timeline-items/${item.id}`, { title: "Mine" });
  strictEqual(answer.status, 404);
});

test("another user's position cannot be named", async () => {
  const position = await newPosition(await signUp());
  const answer = await ask(await signUp(), "POST", "/mock-interview/analyse", {
    transcript,
    positionId: position.id,
  });
  strictEqual(answer.status, 403);
  strictEqual(codeOf(answer), "forbidden");
});

test("a user with as many open interviews as allowed has to wait", async () => {
  const user = await signUp();
  const statuses = await Promise.all(
    Array.from({ length: 21 }, async () =>
      (await ask(user, "POST", "/mock-interview/analyse", { transcript })).status),
  );
  deepStrictEqual(statuses.sort(), [...Array(20).fill(201), 429]);
  const refused = await ask(user, "POST", "/mock-interview/analyse", { transcript });
  strictEqual(codeOf(refused), "too_many_open_rows");
});
