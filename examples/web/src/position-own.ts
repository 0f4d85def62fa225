/** What a person keeps about a position that no worker reads: notes, hoped-for pay, an offer. */
import { html, noChange } from "lit-html";
import { call, type Desk, Refusal } from "./desk.ts";
import type { Content } from "./dom.ts";
import { t } from "./language.ts";
import { whileBusy } from "./row-status.ts";
import type { JobPosition } from "./rows.ts";

const LONGEST_NOTES = 10_000;
const LONGEST_PAY = 200;
/** Notes are saved so long after the last key, and at once when the field is left. */
const SAVE_PAUSE_MS = 1000;

/** Saves that wait, by the row. */
const waiting = new Map<string, ReturnType<typeof setTimeout>>();
/** Notes that are not known to be saved, by the row: nothing may write over them on screen. */
const typed = new Map<string, string>();
/** The rows whose notes were typed and not sent since. */
const unsent = new Set<string>();

export function ownFields(desk: Desk, row: JobPosition): Content {
  const save = (change: Partial<JobPosition>) => saved(desk, row.id, change);
  const notes = (event: Event) => {
    const field = event.currentTarget as HTMLTextAreaElement;
    typed.set(row.id, field.value);
    if (event.type === "input") unsent.add(row.id);
    clearTimeout(waiting.get(row.id));
    const keep = async () => {
      waiting.delete(row.id);
      if (!unsent.delete(row.id)) return;
      if (await save({ notes: field.value.trim() || null })) {
        desk.announce(t("position.notesSaved"));
      } else unsent.add(row.id);
    };
    if (event.type === "change") void keep();
    else waiting.set(row.id, setTimeout(keep, SAVE_PAUSE_MS));
  };
  const pay = (event: Event) => {
    const { value } = event.currentTarget as HTMLInputElement;
    return save({ expected_salary: value.trim() || null });
  };
  const offer = async (event: Event) => {
    const box = event.currentTarget as HTMLInputElement;
    if (!(await save({ offer_received: box.checked }))) box.checked = !box.checked;
  };
  return html`
    <div class="own">
      <label>${t("position.notes")}
        <textarea
          id="${fieldOf(row)}"
          rows="3"
          maxlength="${LONGEST_NOTES}"
          .value="${shownNotes(row)}"
          @input="${notes}"
          @change="${notes}"
        ></textarea>
      </label>
      <label>${t("position.pay")}
        <input maxlength="${LONGEST_PAY}" .value="${row.expected_salary ?? ""}" @change="${pay}" />
      </label>
      <label class="choice"><input
          type="checkbox"
          .checked="${row.offer_received}"
          @change="${offer}"
        /> ${t("position.hasOffer")}</label>
    </div>
  `;
}

function fieldOf({ id }: JobPosition): string {
  return `${id}-notes`;
}

/** The notes as they were typed until the row has them; a field with the focus is left alone. */
function shownNotes(row: JobPosition): string | typeof noChange {
  const saved = row.notes ?? "";
  if (typed.get(row.id)?.trim() === saved) typed.delete(row.id);
  if (document.activeElement?.id === fieldOf(row)) return noChange;
  return typed.get(row.id) ?? saved;
}

export function archiveButton(desk: Desk, row: JobPosition): Content {
  const turn = (event: Event) =>
    whileBusy(
      event,
      desk,
      () => call(desk, "PATCH", `job-positions/${row.id}`, { archived: !row.archived }),
    );
  return html`
    <button type="button" class="quiet" @click="${turn}">${row.archived
      ? t("position.restore")
      : t("position.archive")}</button>
  `;
}

/** The last save of each row. The next one waits for it, so that the newest arrives last. */
const underWay = new Map<string, Promise<boolean>>();

/** Whether it was saved; if not, the person is told why and what they typed stays. */
function saved(desk: Desk, id: string, change: Partial<JobPosition>): Promise<boolean> {
  const own = (underWay.get(id) ?? Promise.resolve(true))
    .catch(() => false)
    .then(() => send(desk, id, change));
  underWay.set(id, own);
  return own;
}

async function send(desk: Desk, id: string, change: Partial<JobPosition>): Promise<boolean> {
  try {
    await call(desk, "PATCH", `job-positions/${id}`, change);
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    desk.alert(error.message);
    return false;
  }
}
