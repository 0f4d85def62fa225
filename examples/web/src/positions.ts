/** The tab of job positions: paste a link or the text of a posting, watch the card fill. */
import { html, nothing } from "lit-html";
import { call, type Desk, Refusal } from "./desk.ts";
import { OpenSet, painter, webAddress } from "./dom.ts";
import { nameOf, positionCard } from "./position-card.ts";
import { announceChanges, cards } from "./table-view.ts";

export function positionsTab(panel: HTMLElement, desk: Desk): () => void {
  const live = desk.positions;
  const open = new OpenSet();
  let problem = "";

  async function add(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const text = String(new FormData(form).get("posting")).trim();
    const button = form.querySelector("button")!;
    button.disabled = true;
    problem = "";
    try {
      await (isLink(text)
        ? call(desk, "POST", "job-positions/by-url", { jobUrl: text })
        : call(desk, "POST", "job-positions/by-description", { jobDescription: text }));
      form.reset();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      problem = error.message;
    } finally {
      button.disabled = false;
      paint();
    }
  }

  const paint = painter(panel, () =>
    html`
      <form class="card ask" @submit="${add}">
        <label>Link or text of a job posting
          <textarea name="posting" rows="2" required placeholder="https://…"></textarea>
        </label>
        ${problem
          ? html`
            <p class="note bad" role="alert">${problem}</p>
          `
          : nothing}
        <button type="submit">Add position</button>
      </form>
      ${cards(
        live.view,
        (row) => positionCard(desk, row, open, paint),
        "No positions yet. Paste a link above: title and company appear within seconds.",
      )}
    `);
  live.subscribe(paint);
  announceChanges(desk, live, nameOf);
  paint();
  return () => {};
}

/** Whether the text is one line with an address; any other text is that of a posting. */
export function isLink(text: string): boolean {
  return !/\s/.test(text) && webAddress(text) !== null;
}
