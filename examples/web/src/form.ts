/** Sends a form as the tabs do: once at a time, and what is typed meanwhile stays. */
import { Refusal } from "./desk.ts";
import { busy, resetUnlessChanged } from "./dom.ts";

/** `tell` gets what the user has to know, or an empty text after a success. */
export async function sendForm(
  event: SubmitEvent,
  send: (data: FormData) => Promise<unknown>,
  tell: (problem: string) => void,
): Promise<void> {
  event.preventDefault();
  const form = event.currentTarget as HTMLFormElement;
  await busy(event.submitter!, async () => {
    const data = new FormData(form);
    try {
      await send(data);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return tell(error.message);
    }
    resetUnlessChanged(form, data);
    tell("");
  });
}
