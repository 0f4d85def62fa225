/** The form that uploads a recording and has it analysed: progress, pause, cancel, and going on. */
import { html, nothing } from "lit-html";
import type { Capabilities } from "./capabilities.ts";
import { call, type Desk, Refusal } from "./desk.ts";
import type { Content } from "./dom.ts";
import { number, percent, t } from "./language.ts";
import { titleOfFile } from "./recording-name.ts";
import {
  ACCEPTED,
  discard,
  forgetUpload,
  RecordingUpload,
  type Unfinished,
  unfinishedUploads,
  UploadCancelled,
} from "./upload.ts";

const MEGABYTE = 1_000_000;
const megabytes = (bytes: number) =>
  number(bytes / MEGABYTE, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export class UploadForm {
  readonly #desk: Desk;
  readonly #can: Capabilities;
  readonly #changed: () => void;
  #upload: RecordingUpload | null = null;
  #unfinished: Unfinished[] = [];
  #problem = "";

  constructor(desk: Desk, can: Capabilities, changed: () => void) {
    this.#desk = desk;
    this.#can = can;
    this.#changed = changed;
    void this.#lookForUnfinished();
  }

  /** Stops an upload that is under way, when the page is closed; it can be continued later. */
  close(): void {
    if (this.#upload?.isResumable) this.#upload.pause();
  }

  view(more: Content): Content {
    const missing = this.#can.has("interviews", "speech_to_text") === false;
    if (missing && !this.#upload) {
      return html`
        <div>
          <h2>${t("upload.heading")}</h2>
          <p class="note" data-note="no-speech">${t("upload.noSpeech")}</p>
        </div>
      `;
    }
    return html`
      <form @submit="${this.#send}">
        <h2>${t("upload.heading")}</h2>
        ${this.#unfinished.map((one) => this.#notice(one))}
        <label>${t("upload.file")}
          <input
            type="file"
            name="recording"
            accept="${ACCEPTED}"
            required
            ?disabled="${this.#upload !== null}"
          />
        </label>
        ${more} ${this.#progress()}
        ${this.#problem
          ? html`
            <p class="note bad" role="alert">${this.#problem}</p>
          `
          : nothing}
        <button type="submit" aria-disabled="${this.#upload !== null}">${t("upload.send")}</button>
      </form>
    `;
  }

  readonly #send = async (event: SubmitEvent) => {
    event.preventDefault();
    if (this.#upload) return;
    const form = event.currentTarget as HTMLFormElement;
    const data = new FormData(form);
    const file = data.get("recording") as File;
    this.#problem = "";
    try {
      const upload = this.#upload = new RecordingUpload(this.#desk, file, this.#changed);
      await this.#analyse(await upload.send(), file, data);
      this.#desk.announce(t("upload.sent", { name: file.name }));
      form.reset();
    } catch (error) {
      if (error instanceof UploadCancelled) this.#cancelled(form);
      else if (error instanceof Refusal) this.#problem = error.message;
      else throw error;
    } finally {
      this.#upload = null;
      await this.#lookForUnfinished();
    }
  };

  async #analyse(interviewPath: string, file: File, data: FormData): Promise<void> {
    const body = { interviewPath, title: titleOfFile(file.name), ...forPosition(data) };
    try {
      await call(this.#desk, "POST", "timeline-items/analyse-interview", body);
    } catch (error) {
      // No row refers to the recording; another try sends it again.
      if (error instanceof Refusal && error.isFinal) void discard(this.#desk, interviewPath);
      throw error;
    }
  }

  /** The button that had the focus goes, so the focus moves to where one would choose anew. */
  #cancelled(form: HTMLFormElement): void {
    this.#desk.announce(t("upload.cancelled"));
    focusChoice(form);
  }

  #notice(one: Unfinished): Content {
    if (this.#upload) return nothing;
    const forget = async (event: Event) => {
      const form = (event.currentTarget as HTMLElement).closest("form");
      await forgetUpload(one);
      await this.#lookForUnfinished();
      if (form) focusChoice(form);
    };
    const text = t("upload.unfinished", { name: one.name });
    return html`
      <p class="note" role="status" data-note="unfinished">${text}
        <button type="button" class="quiet" @click="${forget}">${t("upload.forget")}</button>
      </p>
    `;
  }

  async #lookForUnfinished(): Promise<void> {
    this.#unfinished = await unfinishedUploads(this.#desk);
    this.#changed();
  }

  #progress(): Content {
    const upload = this.#upload;
    if (!upload) return nothing;
    const share = Math.round(upload.share * 100);
    const state = t(`upload.${upload.state}`);
    const sent = t("upload.size", {
      sent: megabytes(upload.share * upload.size),
      total: megabytes(upload.size),
    });
    return html`
      <div class="progress" data-upload="${upload.state}">
        <div class="stage"><span>${state}</span><span>${sent}</span></div>
        <div
          class="bar"
          role="progressbar"
          aria-label="${t("upload.sending")}"
          aria-valuemin="0"
          aria-valuemax="100"
          aria-valuenow="${share}"
          aria-valuetext="${t("upload.valueText", { percent: percent(upload.share), state })}"
        >
          <div style="width: ${share}%"></div>
        </div>
        <div class="actions">
          ${upload.isResumable
            ? html`
              <button
                type="button"
                class="quiet"
                @click="${() => upload.state === "sending" ? upload.pause() : upload.resume()}"
              >${upload.state === "sending" ? t("upload.pause") : t("upload.resume")}</button>
            `
            : nothing}
          <button type="button" class="quiet" @click="${() => upload.cancel()}">
            ${t("upload.cancel")}
          </button>
        </div>
      </div>
    `;
  }
}

/** Two frames later, because the field is disabled until the next one. */
function focusChoice(form: HTMLFormElement): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => form.querySelector<HTMLElement>("[type=file]")?.focus())
  );
}

/** The position that a form names, as the API takes it. */
export function forPosition(form: FormData): { positionId?: string } {
  const positionId = String(form.get("position") ?? "");
  return positionId ? { positionId } : {};
}
