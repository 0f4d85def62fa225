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

export class Capabilities {
  static readonly #known = new WeakMap<object, Capabilities>();
  readonly #desk: Desk;
  readonly #listeners = new Set<() => void>();
  #told: Partial<Record<Kind, Capability | null>> = {};
  #failed = false;
  #askedAt = -Infinity;
  /** The rows that waited or ran when they were last seen, by kind. */
  readonly #open = new Map<Kind, ReadonlySet<string>>();

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

  /** Asks again at once if a row runs or has ended although no worker was known. */
  sawWork(kind: Kind, rows: readonly { id: string; processing_status: Status }[]): void {
    const open = this.#open.get(kind);
    this.#open.set(kind, new Set(rows.filter(isOpen).map(({ id }) => id)));
    if (this.of(kind)?.served !== false) return;
    const works = ({ id, processing_status: status }: typeof rows[number]) =>
      status === "processing" ||
      (open?.has(id) && (status === "completed" || status === "failed"));
    if (rows.some(works)) void this.refresh(0);
  }

  async refresh(staleMs = STALE_MS): Promise<void> {
    if (performance.now() - this.#askedAt < Math.max(staleMs, 1000)) return;
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

function isOpen({ processing_status: status }: { processing_status: Status }): boolean {
  return status === "pending" || status === "processing";
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
