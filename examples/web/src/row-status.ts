/** The state of a row: chip, progress bar, error, and the buttons to cancel or run it again. */
import { html, nothing } from "lit-html";
import { busy, type Content } from "./dom.ts";
import { call, type Desk, Refusal } from "./desk.ts";
import { confirmed } from "./dialog.ts";
import { isOutdated, type ProcessingRow, type Status } from "./rows.ts";

const LABELS: Record<Status, string> = {
  pending: "Waiting",
  processing: "Working",
  completed: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
};

export function isOpen(row: ProcessingRow): boolean {
  return row.processing_status === "pending" || row.processing_status === "processing";
}

export function chip(status: Status): Content {
  return html`
    <span class="chip ${status}" data-status="${status}">${LABELS[status]}</span>
  `;
}

/** The progress bar with the stage, while the row waits or runs. */
export function progress(row: ProcessingRow, name: string): Content {
  if (!isOpen(row)) return nothing;
  const waits = row.processing_status === "pending";
  const stage = waits ? waiting(row) : (row.processing_stage ?? "Starting");
  const percent = row.processing_progress ?? 0;
  return html`
    <div class="progress">
      <div class="stage"><span>${stage}</span>${waits ? nothing : html`
        <span>${percent} %</span>
      `}</div>
      <div
        class="bar ${waits ? "waits" : ""}"
        role="progressbar"
        aria-label="${name}"
        aria-valuetext="${stage}"
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow="${waits ? nothing : percent}"
      >
        <div style="width: ${percent}%"></div>
      </div>
    </div>
  `;
}

function waiting(row: ProcessingRow): string {
  const due = row.processing_not_before ? new Date(row.processing_not_before) : null;
  if (!due || due.getTime() <= Date.now()) return "Waiting for a worker";
  const time = due.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
  const reason = row.processing_error?.message;
  return `Tries again at ${time}${reason ? `: ${reason}` : ""}`;
}

/** The rows that failed while the page was open. */
const failedHere = new Set<string>();

/** A failure that happens while the page is open interrupts a screen reader; older ones do not. */
export function noteFailure(id: string): void {
  failedHere.add(id);
}

export function failure(row: ProcessingRow): Content {
  if (row.processing_status !== "failed" || !row.processing_error) return nothing;
  const { message, code } = row.processing_error;
  return html`
    <p class="note bad" role="${failedHere.has(row.id) ? "alert" : nothing}">${message}
      <code>${code}</code></p>
  `;
}

export function outdated(desk: Desk, table: string, row: ProcessingRow): Content {
  if (!isOutdated(row)) return nothing;
  const again = (event: Event) =>
    whileBusy(event, desk, () => call(desk, "POST", `processing/${table}/${row.id}/retry`));
  return html`
    <p class="note warn" role="status">
      What was asked has changed since this was made.
      <button type="button" class="quiet" @click="${again}">Run again</button>
    </p>
  `;
}

/** One button: cancel an open row, try again if it failed or was cancelled, else run it again. */
export function actions(
  desk: Desk,
  table: string,
  row: ProcessingRow,
  onceMore?: string,
): Content {
  const act = (verb: "retry" | "cancel") => (event: Event) =>
    whileBusy(event, desk, () => call(desk, "POST", `processing/${table}/${row.id}/${verb}`));
  if (isOpen(row)) {
    return html`
      <button type="button" class="quiet" @click="${act("cancel")}">Cancel</button>
    `;
  }
  if (row.processing_status !== "completed") {
    return html`
      <button type="button" @click="${act("retry")}">Try again</button>
    `;
  }
  if (!onceMore) return nothing;
  return html`
    <button type="button" class="quiet" @click="${act("retry")}">${onceMore}</button>
  `;
}

/** A button that deletes the row after asking the user; row level security decides if it may. */
export function removal(desk: Desk, table: string, row: ProcessingRow, what: string): Content {
  const remove = (event: Event) =>
    whileBusy(event, desk, async () => {
      if (!await confirmed(`Delete ${what}?`, "Delete")) return;
      const { error } = await desk.client.from(table).delete().eq("id", row.id);
      if (error) throw new Refusal(error.message);
    });
  return html`
    <button type="button" class="quiet" @click="${remove}">Delete</button>
  `;
}

/** Runs the action of a button, which does nothing more meanwhile, and announces why it failed. */
export async function whileBusy(event: Event, desk: Desk, action: () => Promise<unknown>) {
  try {
    await busy(event.currentTarget as HTMLElement, action);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    desk.announce(error.message);
  }
}
