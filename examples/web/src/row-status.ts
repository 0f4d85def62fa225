/** The state of a row: chip, progress bar, error, and the buttons to cancel or run it again. */
import { html, nothing } from "lit-html";
import { ActionRefused, type LiveRows } from "liverows";
import { type Desk, Refusal, refusedByDatabase } from "./desk.ts";
import { confirmed } from "./dialog.ts";
import { busy, type Content } from "./dom.ts";
import { inOne, moment, percent, type Sentence, sentenceFor, stage, t } from "./language.ts";
import { isOutdated, type ProcessingRow, type Status } from "./rows.ts";

/** What a person may ask of a row; it is shown as done until the API has answered. */
export type RowActions = Pick<LiveRows<ProcessingRow>, "retry" | "cancel">;

export function isOpen(row: ProcessingRow): boolean {
  return row.processing_status === "pending" || row.processing_status === "processing";
}

export function chip(status: Status): Content {
  return html`
    <span class="chip ${status}" data-status="${status}">${t(`status.${status}`)}</span>
  `;
}

/** The progress bar with the stage, while the row waits or runs. */
export function progress(row: ProcessingRow, name: string): Content {
  if (!isOpen(row)) return nothing;
  const waits = row.processing_status === "pending";
  const said = waits ? waiting(row) : stage(row.processing_stage ?? t("row.starting"));
  const share = row.processing_progress ?? 0;
  return html`
    <div class="progress">
      <div class="stage"><span>${said}</span>${waits ? nothing : html`
        <span>${percent(share / 100)}</span>
      `}</div>
      <div
        class="bar ${waits ? "waits" : ""}"
        role="progressbar"
        aria-label="${name}"
        aria-valuetext="${said}"
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow="${waits ? nothing : share}"
      >
        <div style="width: ${share}%"></div>
      </div>
    </div>
  `;
}

function waiting(row: ProcessingRow): string {
  const due = row.processing_not_before ? new Date(row.processing_not_before) : null;
  if (!due || due.getTime() <= Date.now()) return t("row.waits");
  const clock: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
  // A budget of a month may let a row wait for weeks, and then a time of day alone would mislead.
  const isToday = due.toDateString() === new Date(Date.now()).toDateString();
  const time = moment(due, isToday ? clock : { day: "numeric", month: "short", ...clock });
  const reason = errorOf(row)?.message;
  if (isToday) {
    return reason ? t("row.waitsUntilBecause", { time, reason }) : t("row.waitsUntil", { time });
  }
  return reason
    ? t("row.waitsUntilDayBecause", { time, reason })
    : t("row.waitsUntilDay", { time });
}

/** What the row's error says, in the language of the page if the table has its code. */
export function errorOf(row: ProcessingRow): Sentence | null {
  const error = row.processing_error;
  if (!error) return null;
  return sentenceFor("errors", error.code, error.params) ?? { message: error.message };
}

/** Whether running the row again can help: not if it is wrong, or if a service is not set up. */
export function mayTryAgain(row: ProcessingRow): boolean {
  if (row.processing_status !== "failed") return row.processing_status === "cancelled";
  return errorOf(row)?.again ?? row.processing_error?.retryable !== false;
}

/** The rows that failed while the page was open. */
const failedHere = new Set<string>();

/** A failure that happens while the page is open interrupts a screen reader; older ones do not. */
export function noteFailure(id: string): void {
  failedHere.add(id);
}

export function failure(row: ProcessingRow): Content {
  if (row.processing_status !== "failed" || !row.processing_error) return nothing;
  return html`
    <p class="note bad" role="${failedHere.has(row.id) ? "alert" : nothing}">
      ${inOne(errorOf(row)!)}
    </p>
  `;
}

export function outdated(desk: Desk, live: RowActions, row: ProcessingRow): Content {
  if (!isOutdated(row)) return nothing;
  const again = (event: Event) => whileBusy(event, desk, () => live.retry(row.id));
  return html`
    <p class="note warn" role="status">
      ${t("row.outdated")}
      <button type="button" class="quiet" @click="${again}">${t("row.runAgain")}</button>
    </p>
  `;
}

/** One button: cancel an open row, try again if that can help, run again what is done. */
export function actions(
  desk: Desk,
  live: RowActions,
  row: ProcessingRow,
  onceMore?: string,
): Content {
  const act = (verb: keyof RowActions) => (event: Event) =>
    whileBusy(event, desk, () => live[verb](row.id));
  if (isOpen(row)) {
    return html`
      <button type="button" class="quiet" @click="${act("cancel")}">${t("row.cancel")}</button>
    `;
  }
  if (mayTryAgain(row)) {
    return html`
      <button type="button" @click="${act("retry")}">${t("row.tryAgain")}</button>
    `;
  }
  if (!onceMore || row.processing_status !== "completed") return nothing;
  return html`
    <button type="button" class="quiet" @click="${act("retry")}">${onceMore}</button>
  `;
}

/** A button that deletes the row after asking the user; row level security decides if it may. */
export function removal(desk: Desk, table: string, row: ProcessingRow, what: string): Content {
  const remove = (event: Event) =>
    whileBusy(event, desk, async () => {
      if (!await confirmed(t("row.confirmDelete", { what }), t("row.delete"), true)) return;
      const { error } = await desk.client.from(table).delete().eq("id", row.id);
      if (error) throw refusedByDatabase(error);
    });
  return html`
    <button type="button" class="quiet" @click="${remove}">${t("row.delete")}</button>
  `;
}

/** Runs the action of a button, which does nothing more meanwhile, and says why it failed. */
export async function whileBusy(event: Event, desk: Desk, action: () => Promise<unknown>) {
  // The second click of a double click would press the button that took the place of this one.
  if ((event as UIEvent).detail > 1) return;
  try {
    await busy(event.currentTarget as HTMLElement, action);
  } catch (error) {
    // The package gives up an action that is not answered, and shows the row as it is then.
    const isUnanswered = error instanceof ActionRefused;
    if (!isUnanswered && !(error instanceof Refusal)) throw error;
    desk.alert(isUnanswered ? t("desk.noAnswer") : error.message);
  }
}
