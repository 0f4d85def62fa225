/** A field that the user can overwrite in place, and later give back to the worker. */
import { html, nothing } from "lit-html";
import { type Desk, Refusal } from "./desk.ts";
import { busy, type Content } from "./dom.ts";
import { t } from "./language.ts";
import { whileBusy } from "./row-status.ts";

export interface Field {
  /** Unique on the page. */
  key: string;
  column: string;
  label: string;
  value: string | null;
  /** The value as the user sees it. */
  shown: Content | null;
  /** Whether the user wrote the value; then no worker may change it. */
  mine: boolean;
  save(body: object): Promise<unknown>;
  /** Gives the column back to the worker, which fills it in at its next run. */
  reset(column: string): Promise<unknown>;
}

/** What was typed in the fields being edited, by key; a row may leave the list meanwhile. */
const editing = new Map<string, string>();

/** Whether a person overwrites the field with this key just now. */
export function isEdited(key: string): boolean {
  return editing.has(key);
}

export function editable(desk: Desk, field: Field, changed: () => void): Content {
  return editing.has(field.key) ? editor(desk, field, changed) : reader(desk, field, changed);
}

function reader(desk: Desk, field: Field, changed: () => void): Content {
  const { key, column, label, value, shown, mine } = field;
  const edit = () => {
    editing.set(key, value ?? "");
    changed();
    requestAnimationFrame(() => document.getElementById(key)?.focus());
  };
  const reset = (event: Event) => whileBusy(event, desk, () => field.reset(column));
  return html`
    <span class="${value ? "" : "unknown"}">${value ? shown : t("edit.unknown")}</span>
    <button type="button" class="link" aria-label="${t("edit.editField", { field: label })}"
      @click="${edit}">${t("edit.edit")}</button>
    ${mine
      ? html`
        <button
          type="button"
          class="link"
          aria-label="${t("edit.resetField", { field: label })}"
          @click="${reset}"
        >${t("edit.reset")}</button>
      `
      : nothing}
  `;
}

function editor(desk: Desk, field: Field, changed: () => void): Content {
  const stop = () => {
    editing.delete(field.key);
    changed();
  };
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget as HTMLFormElement).get("value")).trim();
    try {
      await busy(event.submitter!, async () => {
        await field.save({ [field.column]: text || null });
        stop();
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      desk.alert(error.message);
    }
  };
  const onKey = (event: KeyboardEvent) => event.key === "Escape" && stop();
  const onInput = (event: Event) =>
    editing.set(field.key, (event.currentTarget as HTMLInputElement).value);
  return html`
    <form class="edit" @submit="${save}" @keydown="${onKey}">
      <input
        id="${field.key}"
        name="value"
        value="${editing.get(field.key) ?? ""}"
        aria-label="${field.label}"
        @input="${onInput}"
      />
      <button type="submit">${t("edit.save")}</button>
      <button type="button" class="quiet" @click="${stop}">${t("edit.keep")}</button>
    </form>
  `;
}
