/** A question that the user answers before something that cannot be undone. */
import { html, render } from "lit-html";
import { t } from "./language.ts";

/**
 * Asks in a dialog, and resolves with true only if the user chose the button `yes`, which looks
 * dangerous if it deletes something.
 *
 * Escape and the other button mean no. The browser gives the focus back to the element that had it.
 */
export function confirmed(question: string, yes: string, deletes = false): Promise<boolean> {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("role", "alertdialog");
  dialog.setAttribute("aria-labelledby", "question");
  render(
    html`
      <form method="dialog">
        <h2 id="question">${question}</h2>
        <div class="actions">
          <button value="yes" class="${deletes ? "danger" : ""}">${yes}</button>
          <button value="no" class="quiet" autofocus>${t("dialog.no")}</button>
        </div>
      </form>
    `,
    dialog,
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    // "close" comes a moment after the focus is back: until then a key on the control would do nothing.
    dialog.addEventListener("submit", ({ submitter }) => {
      resolve((submitter as HTMLButtonElement).value === "yes");
    });
    dialog.addEventListener("cancel", () => resolve(false));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(false);
    }, { once: true });
  });
}
