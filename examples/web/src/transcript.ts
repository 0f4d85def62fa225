/** The transcript, turn by turn; a time plays the recording from there. */
import { html, nothing } from "lit-html";
import type { Content } from "./dom.ts";
import { t } from "./language.ts";
import type { Moment } from "./player.ts";
import type { Turn } from "./rows.ts";

export function transcript(turns: readonly Turn[], moment: Moment): Content {
  return html`
    <ol class="turns">
      ${turns.map((turn) => {
        const speaker = speakerName(turn);
        const what = turn.role === "candidate"
          ? t("player.yourTurn")
          : t("player.turn", { speaker });
        return html`
          <li
            class="${turn.role}"
            data-start="${turn.start ?? nothing}"
            data-end="${turn.end ?? nothing}"
          >
            <p class="who">${speaker} ${moment(turn.start, what)}</p>
            <p>${turn.text}</p>
          </li>
        `;
      })}
    </ol>
  `;
}

function speakerName({ role, speaker }: Turn): string {
  if (role !== "unknown") return t(`speaker.${role}`);
  return typeof speaker === "number"
    ? t("speaker.number", { number: speaker + 1 })
    : speaker ?? t("speaker.unknown");
}
