/** What the page loads for interviews that are open: the question rows and the recording. */
import type { Desk } from "./desk.ts";
import { OpenSet } from "./dom.ts";
import { goTo } from "./question.ts";
import type { Interview, Question } from "./rows.ts";
import { listen } from "./upload.ts";

/** An address that is older than this may have expired, so it may be renewed once more. */
const FRESH_MS = 30 * 60_000;

/** A recording as the page knows it; `url` is null while it is asked for, and if it failed. */
export interface Recording {
  url: string | null;
  failed: boolean;
  askedAt: number;
  renewed: boolean;
  /** Where to go on after the address was renewed, and whether it was playing. */
  goOn: { seconds: number; playing: boolean } | null;
}

export class InterviewBook {
  readonly #desk: Desk;
  readonly #changed: () => void;
  readonly #open = new OpenSet();
  readonly #questions = new Map<string, { run: number; rows: readonly Question[] }>();
  readonly #recordings = new Map<string, Recording>();
  #asked: { id: string; number: number } | null = null;

  constructor(desk: Desk, changed: () => void) {
    this.#desk = desk;
    this.#changed = changed;
  }

  isOpen(row: Interview): boolean {
    return this.#open.has(row.id);
  }

  /** Opens or closes a row's analysis. */
  set(id: string, isOpen: boolean): void {
    this.#open.set(id, isOpen);
  }

  has(id: string): boolean {
    return this.#open.has(id);
  }

  /** Notes the question that the address names, if there is one; it is opened once it is there. */
  ask(id: string, part: string): void {
    const number = Number(new URLSearchParams(part).get("question"));
    this.#asked = number ? { id, number } : null;
  }

  isAsked(id: string, number: number): boolean {
    return this.#asked?.id === id && this.#asked.number === number;
  }

  /** The asked question is on the page; the next frame has its place and the focus of its row. */
  readonly arrive = (question: Element | undefined): void => {
    if (!question) return;
    this.#asked = null;
    requestAnimationFrame(() => goTo(question as HTMLDetailsElement));
  };

  /** Returns the listener for the toggle event of this row's `<details>` element. */
  toggle(row: Interview): (event: Event) => void {
    return this.#open.follow(row.id, () => {
      this.follow([row]);
      this.#changed();
    });
  }

  /** The stored questions of a finished analysis, or else those that are scored so far. */
  questions(row: Interview): readonly Question[] {
    const stored = this.#questions.get(row.id);
    const current = row.processing_status === "completed" && stored?.run === row.processing_run;
    return (current && stored?.rows.length ? stored.rows : row.interview_questions_preview) ?? [];
  }

  /** The recording of an open interview; null for one without. */
  recording(row: Interview): Recording | null {
    return this.#recordings.get(row.interview_original_audio_path ?? "") ?? null;
  }

  /** Loads, once, what the open interviews among these rows need. */
  follow(rows: readonly Interview[]): void {
    for (const row of rows.filter((row) => this.isOpen(row))) {
      const run = row.processing_run ?? 0;
      if (row.processing_status === "completed" && this.#questions.get(row.id)?.run !== run) {
        this.#questions.set(row.id, { run, rows: [] });
        void this.#readQuestions(row.id, run);
      }
      const path = row.interview_original_audio_path;
      if (path && !this.#recordings.has(path)) void this.#readRecording(path, false);
    }
  }

  /** The recording could not be loaded: its address may have expired, so it is renewed once. */
  broken(row: Interview, audio: HTMLAudioElement): void {
    const path = row.interview_original_audio_path ?? "";
    const recording = this.#recordings.get(path);
    if (!recording?.url || recording.failed) return;
    if (recording.renewed && performance.now() - recording.askedAt < FRESH_MS) {
      this.#recordings.set(path, { ...recording, failed: true });
      this.#changed();
      return;
    }
    void this.#readRecording(path, true, {
      seconds: audio.currentTime,
      playing: !audio.paused,
    });
  }

  /** The user asks for the recording once more. */
  loadAgain(row: Interview): void {
    void this.#readRecording(row.interview_original_audio_path ?? "", false);
  }

  async #readQuestions(id: string, run: number): Promise<void> {
    const { data } = await this.#desk.client
      .from("interview_questions")
      .select("*")
      .eq("timeline_item_id", id)
      .order("question_number");
    if (data) this.#questions.set(id, { run, rows: data as Question[] });
    else this.#questions.delete(id);
    this.#changed();
  }

  async #readRecording(path: string, renewed: boolean, goOn: Recording["goOn"] = null) {
    const recording = { url: null, failed: false, askedAt: performance.now(), renewed, goOn };
    this.#recordings.set(path, recording);
    const url = await listen(this.#desk, path);
    this.#recordings.set(path, { ...recording, url, failed: url === null });
    this.#changed();
  }
}
