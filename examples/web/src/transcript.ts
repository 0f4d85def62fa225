/** The transcript, turn by turn; a time plays the recording from there. */
import { html, nothing } from "lit-html";
import { clock, type Content } from "./dom.ts";
import type { Turn } from "./rows.ts";

const ROLES = { candidate: "You", interviewer: "Interviewer", unknown: "Speaker" };

export function transcript(turns: readonly Turn[]): Content {
  return html`
    <ol class="turns">
      ${turns.map((turn) =>
        html`
          <li
            class="${turn.role}"
            data-start="${turn.start ?? nothing}"
            data-end="${turn.end ?? nothing}"
          >
            <p class="who">${speakerName(turn)} ${playFrom(turn.start)}</p>
            <p>${turn.text}</p>
          </li>
        `
      )}
    </ol>
  `;
}

function speakerName({ role, speaker }: Turn): string {
  if (role !== "unknown") return ROLES[role];
  return typeof speaker === "number" ? `Speaker ${speaker + 1}` : (speaker ?? ROLES.unknown);
}

/** A button with a time that plays the card's recording from there. */
export function playFrom(seconds: number | null | undefined): Content {
  if (typeof seconds !== "number") return nothing;
  const play = (event: Event) => {
    const audio = audioOf(event);
    if (!audio) return;
    audio.currentTime = seconds;
    void audio.play();
  };
  return html`
    <button type="button" class="time" aria-label="Play from ${clock(seconds)}" @click="${play}">
      ${clock(seconds)}
    </button>
  `;
}

function audioOf(event: Event): HTMLAudioElement | null {
  return (event.currentTarget as HTMLElement).closest("article")!.querySelector("audio");
}

/** Marks the turn that the recording is playing. */
export function followAudio(event: Event): void {
  const { currentTime } = event.currentTarget as HTMLAudioElement;
  const card = (event.currentTarget as HTMLElement).closest("article")!;
  for (const turn of card.querySelectorAll<HTMLElement>(".turns > li")) {
    const { start, end } = turn.dataset;
    const isNow = Number(start) <= currentTime && currentTime < Number(end);
    turn.toggleAttribute("data-now", isNow);
  }
}

/** Scrolls to a place on the page without changing the address, whose # names the open tab. */
export function jump(event: Event): void {
  event.preventDefault();
  const { hash } = event.currentTarget as HTMLAnchorElement;
  const place = document.getElementById(hash.slice(1));
  if (place instanceof HTMLDetailsElement) place.open = true;
  place?.scrollIntoView({ block: "center" });
  place?.querySelector("summary")?.focus({ preventScroll: true });
}
