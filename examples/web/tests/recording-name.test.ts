import { test } from "node:test";
import assert from "node:assert/strict";
import { titleOfFile } from "../src/recording-name.ts";

const TITLES: Record<string, string | null> = {
  "talk.wav": "Talk",
  "Acme_second round.mp3": "Acme second round",
  "2026-03-01_acme_interview (2).m4a": "2026-03-01 acme interview",
  "Fellside Water - copy.mp3": "Fellside Water",
  "interview.v2.final.mp3": "Interview.v2.final",
  "Gespräch_mit_Jörg.ogg": "Gespräch mit Jörg",
  "面接_一回目.m4a": "面接 一回目",
  "Recording with Anna.m4a": "Recording with Anna",
  "REC0001.wav": null,
  "New Recording 12.m4a": null,
  "Aufnahme_2026-03-01.mp3": null,
  "AUD-20260301-WA0007.opus": null,
  "PTT-20260301-WA0007.opus": null,
  "audio1234567890.m4a": null,
  "20260301_093000.m4a": null,
  "GMT20260301-093000_Recording.mp4": null,
  "5f0c1d8e-9d1f-4c5a-8b57-2f1d0b6a7c11.webm": null,
  "voice memo.m4a": null,
  "_.mp3": null,
};

for (const [file, title] of Object.entries(TITLES)) {
  test(`${file} ${title ? `becomes “${title}”` : "says nothing, so it is no title"}`, () => {
    assert.equal(titleOfFile(file), title);
  });
}

test("a title is no longer than its column", () => {
  assert.equal(titleOfFile(`${"Interview ".repeat(60)}.mp3`)!.length, 300);
});
