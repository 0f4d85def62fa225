/** What the workers of this project can do at present: whether any is there, and its services. */
import { html, nothing } from "lit-html";
import type { Desk } from "./desk.ts";
import type { Content } from "./dom.ts";
import { t } from "./language.ts";
import type { Status } from "./rows.ts";

/** A kind of row, as the route `GET api/capabilities` names it. */
export type Kind = "positions" | "interviews" | "companies";
export type Service = "language_model" | "speech_to_text" | "web_search";

export interface Capability {
  /** Whether a worker runs such rows at present. */
  served: boolean;
  /** Whether the operator has paused such rows. */
  paused: boolean;
  /** Whether a service is set up; a service that no worker tells is missing. */
  services: Partial<Record<Service, boolean>>;
}

const STALE_MS = 60_000;
/** The least time between two questions. */
const PAUSE_MS = 1000;

export class Capabilities {
  static readonly #known = new WeakMap<object, Capabilities>();
  readonly #desk: Desk;
  readonly #listeners = new Set<() => void>();
  #told: Partial<Record<Kind, Capability | null>> = {};
  #failed = false;
  #askedAt = -Infinity;
  /** The status that each row had when it was last seen, by kind. */
  readonly #seen = new Map<Kind, ReadonlyMap<string, Status>>();
  /** The kinds of which a row was worked on although no worker is known. */
  readonly #doubted = new Set<Kind>();
  #isDue = false;

  /** The one object of this signed-in user. */
  static of(desk: Desk): Capabilities {
    const known = this.#known.get(desk) ?? new Capabilities(desk);
    this.#known.set(desk, known);
    return known;
  }

  private constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** What rows of this kind can expect; null while it is not known. */
  of(kind: Kind): Capability | null {
    return this.#told[kind] ?? null;
  }

  /** Whether the service is set up; null if no worker tells. */
  has(kind: Kind, service: Service): boolean | null {
    return this.of(kind)?.services[service] ?? null;
  }

  /** Whether the last question had no answer. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Asks now, and again when the window comes back after more than a minute. */
  subscribe(listener: () => void): () => void {
    if (!this.#listeners.size) addEventListener("focus", this.#onFocus);
    this.#listeners.add(listener);
    void this.refresh();
    return () => {
      this.#listeners.delete(listener);
      if (!this.#listeners.size) removeEventListener("focus", this.#onFocus);
    };
  }

  /** Asks again soon if a row begins to run or ends although no worker is known. */
  sawWork(kind: Kind, rows: readonly { id: string; processing_status: Status }[]): void {
    const before = this.#seen.get(kind);
    this.#seen.set(kind, new Map(rows.map((row) => [row.id, row.processing_status])));
    const isWorkedOn = ({ id, processing_status: status }: typeof rows[number]) =>
      status !== before?.get(id) &&
      (status === "processing" ||
        (before?.has(id) && (status === "completed" || status === "failed")));
    if (this.of(kind)?.served || !rows.some(isWorkedOn)) return;
    this.#doubted.add(kind);
    void this.#askAgain();
  }

  /** Asks once more, unless an answer that comes meanwhile says that the kinds are served. */
  async #askAgain(): Promise<void> {
    if (this.#isDue) return;
    this.#isDue = true;
    const age = performance.now() - this.#askedAt;
    if (age < PAUSE_MS) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS - age));
    this.#isDue = false;
    const isOpen = [...this.#doubted].some((kind) => !this.of(kind)?.served);
    this.#doubted.clear();
    if (isOpen) await this.refresh(0);
  }

  async refresh(staleMs = STALE_MS): Promise<void> {
    if (performance.now() - this.#askedAt < staleMs) return;
    this.#askedAt = performance.now();
    const { data, error } = await this.#desk.client.functions.invoke("api/capabilities", {
      method: "GET",
    });
    this.#failed = Boolean(error);
    if (!error) this.#told = data as Partial<Record<Kind, Capability | null>>;
    this.#listeners.forEach((listener) => listener());
  }

  readonly #onFocus = () => void this.refresh();
}

/** One calm sentence if what is sent now will wait, or may wait. */
export function waitingNote(known: Capabilities, kind: Kind): Content {
  const can = known.of(kind);
  if (can?.served && !can.paused) return nothing;
  if (!can && !known.failed) return nothing;
  const sentence = can ? t(can.paused ? "worker.paused" : "worker.nobody") : t("worker.unknown");
  return html`
    <p class="note" role="status" data-note="waits">${sentence}</p>
  `;
}
