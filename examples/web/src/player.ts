/** The recording of a card, and the times on the card that play it. */
import { html, nothing } from "lit-html";
import { clock, type Content } from "./dom.ts";
import type { InterviewBook } from "./interview-book.ts";
import { t } from "./language.ts";
import type { Interview } from "./rows.ts";

/** Makes the mark for a moment: a button that plays from there, or only the time, or nothing. */
export type Moment = (seconds: number | null | undefined, what: string) => Content;

/** Whether the times on this card can be played: it has a recording, which did not fail. */
export function isPlayable(row: Interview, book: InterviewBook): boolean {
  const recording = book.recording(row);
  return Boolean(recording?.url) && !recording?.failed;
}

export function momentsOf(row: Interview, book: InterviewBook): Moment {
  const playable = isPlayable(row, book);
  return (seconds, what) => {
    if (typeof seconds !== "number") return nothing;
    const time = clock(seconds);
    if (!playable) {
      return html`
        <span class="time">${time}</span>
      `;
    }
    return html`
      <button
        type="button"
        class="time plays"
        aria-label="${t("player.play", { what, time })}"
        @click="${(event: Event) => playFrom(event, seconds)}"
      >${time}</button>
    `;
  };
}

/** The element that plays the recording, or a sentence on why there is none. */
export function player(row: Interview, book: InterviewBook, name: string): Content {
  if (!row.interview_original_audio_path) return nothing;
  const recording = book.recording(row);
  if (recording?.failed) {
    return html`
      <p class="note warn" role="status" data-note="recording">${t("player.failed")}
        <button type="button" class="quiet" @click="${() => book.loadAgain(row)}">
          ${t("row.tryAgain")}
        </button>
      </p>
    `;
  }
  if (!recording?.url) {
    return html`
      <p class="note" role="status">${t("player.loading")}</p>
    `;
  }
  const goOn = (event: Event) => {
    const audio = event.currentTarget as HTMLAudioElement;
    const { seconds, playing } = recording.goOn ?? {};
    recording.goOn = null;
    if (seconds) audio.currentTime = seconds;
    if (playing) void audio.play().catch(() => {});
  };
  return html`
    <audio
      controls
      preload="metadata"
      aria-label="${t("player.label", { name })}"
      src="${recording.url}"
      @loadedmetadata="${goOn}"
      @timeupdate="${markTurn}"
      @seeking="${markTurn}"
      @error="${(event: Event) => book.broken(row, event.currentTarget as HTMLAudioElement)}"
    ></audio>
  `;
}

function playFrom(event: Event, seconds: number): void {
  const card = (event.currentTarget as HTMLElement).closest("article");
  const audio = card?.querySelector("audio");
  if (!audio) return;
  audio.currentTime = seconds;
  // It rejects if the address has expired; the element's error event then renews the address.
  void audio.play().catch(() => {});
}

/** Marks the turn that is heard now. A turn without an end lasts until the next one. */
function markTurn(event: Event): void {
  const { currentTime } = event.currentTarget as HTMLAudioElement;
  const card = (event.currentTarget as HTMLElement).closest("article");
  const turns = [...card?.querySelectorAll<HTMLElement>(".turns > li[data-start]") ?? []];
  turns.forEach((turn, index) => {
    const next = turns[index + 1]?.dataset.start;
    const end = Number(turn.dataset.end ?? next ?? Infinity);
    const isNow = Number(turn.dataset.start) <= currentTime && currentTime < end;
    turn.toggleAttribute("data-now", isNow);
    if (isNow) turn.setAttribute("aria-current", "true");
    else turn.removeAttribute("aria-current");
  });
}
