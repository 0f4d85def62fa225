/** What the page loads for interviews that are open: the question rows and the recording. */
import type { Desk } from "./desk.ts";
import { OpenSet } from "./dom.ts";
import type { Interview, Question } from "./rows.ts";
import { listen } from "./upload.ts";

export class InterviewBook {
  readonly #desk: Desk;
  readonly #changed: () => void;
  readonly #open = new OpenSet();
  readonly #questions = new Map<string, { run: number; rows: readonly Question[] }>();
  readonly #audio = new Map<string, string | null>();

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

  audio(row: Interview): string | null {
    return this.#audio.get(row.interview_original_audio_path ?? "") ?? null;
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
      if (path && !this.#audio.has(path)) {
        this.#audio.set(path, null);
        void this.#readAudio(path);
      }
    }
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

  async #readAudio(path: string): Promise<void> {
    this.#audio.set(path, await listen(this.#desk, path));
    this.#changed();
  }
}
