/** The sentences at the bottom of the window, for users who see the screen and for those who hear it. */

const SHOWN_MS = 6000;

export interface Messages {
  /** Says what happened; the sentence goes away by itself. */
  announce(sentence: string): void;
  /** Says what went wrong; the sentence stays until the person presses something. */
  alert(sentence: string): void;
}

/** `voice` and `alarm` are the elements for the two kinds of sentences. */
export function messages(voice: HTMLElement, alarm: HTMLElement): Messages {
  let silence: ReturnType<typeof setTimeout> | undefined;
  const alert = (sentence: string) => {
    // An alert that is empty would be one all the same.
    alarm.hidden = !sentence;
    alarm.textContent = sentence;
  };
  addEventListener("click", () => alert(""), { capture: true });
  addEventListener("keydown", ({ key }) => key === "Escape" && alert(""));
  return {
    announce: (sentence) => {
      voice.textContent = sentence;
      clearTimeout(silence);
      silence = setTimeout(() => (voice.textContent = ""), SHOWN_MS);
    },
    alert,
  };
}
