import { test } from "node:test";
import assert from "node:assert/strict";
import type { Interview, Scores, Warning } from "../src/rows.ts";
import { change, course, historyOf, scoredBefore } from "../src/score-history.ts";

let day = 0;

function interview(dimensions: Scores, more: Partial<Interview> = {}, rubric = "1"): Interview {
  day += 1;
  return {
    id: `i${day}`,
    type: "INTERVIEW_ANALYSE",
    processing_status: "completed",
    created_at: `2026-03-${String(day).padStart(2, "0")}T10:00:00Z`,
    interview_summary: { dimensions, rubric_version: rubric },
    warnings: [] as Warning[],
    ...more,
  } as Interview;
}

const ids = (rows: readonly { row: Interview }[]) => rows.map(({ row }) => row.id);

test("interviews of another kind, unscored and unfinished ones are not compared", () => {
  const [first, second] = [interview({ structure: 4 }), interview({ structure: 6 })];
  const rows = [
    second,
    interview({ structure: 9 }, { type: "MOCK_ANALYSE" }),
    interview({ structure: null }),
    interview({ structure: 8 }, { processing_status: "failed" }),
    interview({}, { interview_summary: null }),
    first,
  ];
  const { scored, others } = historyOf(rows, "INTERVIEW_ANALYSE");
  assert.deepEqual(ids(scored), [first.id, second.id]);
  assert.equal(others, 0);
  assert.equal(scoredBefore(rows, second)?.row.id, first.id);
  assert.equal(scoredBefore(rows, first), undefined);
});

test("interviews that were scored by other rules are left out, and counted", () => {
  const old = interview({ structure: 2 }, {}, "1");
  const rows = [old, interview({ structure: 4 }, {}, "2"), interview({ structure: 6 }, {}, "2")];
  const { scored, others } = historyOf(rows, "INTERVIEW_ANALYSE");
  assert.equal(scored.length, 2);
  assert.equal(others, 1);
});

test("a missing score is a gap and never a zero", () => {
  const rows = [
    interview({ structure: 4, relevance: 5 }),
    interview({ structure: null, relevance: 5 }),
    interview({ structure: 6.5, relevance: 0 }),
  ];
  const history = historyOf(rows, "INTERVIEW_ANALYSE");
  assert.deepEqual(course(history, "structure"), [4, null, 6.5]);
  assert.deepEqual(course(history, "results_impact"), [null, null, null]);
  assert.equal(change(course(history, "structure")), null);
  assert.equal(change(course(history, "relevance")), -5);
  assert.equal(change([7]), null);
});

test("an interview with answers that could not be scored is marked", () => {
  const rows = [
    interview({ structure: 4 }, { warnings: ["posting_cut"] }),
    interview({ structure: 4 }, { warnings: [{ code: "questions_unscored" }] }),
    interview({ structure: 4 }, { warnings: ["score_answer_degraded: timeout"] }),
  ];
  const { scored } = historyOf(rows, "INTERVIEW_ANALYSE");
  assert.deepEqual(scored.map(({ partial }) => partial), [false, true, true]);
});
