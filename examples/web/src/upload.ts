/** Uploads a recording to the user's own folder; large ones go on after a cut or a reload. */
import { type DetailedError, type PreviousUpload, Upload } from "tus-js-client";
import { type Desk, Refusal } from "./desk.ts";
import { t } from "./language.ts";
import { forgetUploads, rememberedUploads, uploadStore } from "./unfinished-uploads.ts";

const BUCKET = "interviews";
const MAX_BYTES = 50 * 1024 * 1024;
/** By extension, because some systems do not know the type of a file. */
const TYPES: Record<string, string> = {
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  aac: "audio/aac",
  wav: "audio/wav",
  flac: "audio/flac",
  pcm: "audio/pcm",
  m4a: "audio/mp4",
  ogg: "audio/ogg",
  opus: "audio/ogg",
  webm: "video/webm",
};
const EXTENSIONS = Object.keys(TYPES);
/** Supabase Storage requires exactly this size for every part except the last. */
const PART_BYTES = 6 * 1024 * 1024;
const RETRY_DELAYS_MS = [0, 1000, 3000, 5000, 10_000];

export const ACCEPTED = EXTENSIONS.map((extension) => `.${extension}`).join(",");

export type UploadState = "sending" | "paused" | "interrupted";

/** The server does not take the upload; who signs in again cannot go on with it either. */
class UploadRefused extends Refusal {}

/** The user took the upload back; not an error. */
export class UploadCancelled extends Error {}

/** An upload of this user that another visit of the page has begun. */
export interface Unfinished {
  name: string;
  size: number;
  key: string;
}

/** One recording on its way. `changed` is called whenever `share` or `state` has changed. */
export class RecordingUpload {
  readonly name: string;
  readonly size: number;
  /** Whether it can be paused and continued: it goes up in parts. */
  readonly isResumable: boolean;
  share = 0;
  state: UploadState = "sending";
  readonly #desk: Desk;
  readonly #file: File;
  readonly #changed: () => void;
  #parts: Upload | null = null;
  #request: XMLHttpRequest | null = null;
  #cancelled = () => {};

  /** Throws a `Refusal` for a file that no recording can be. */
  constructor(desk: Desk, file: File, changed: () => void) {
    if (!EXTENSIONS.includes(extensionOf(file))) throw new Refusal(kindRefused());
    if (file.size > MAX_BYTES) throw new Refusal(t("upload.tooLarge"));
    if (file.size === 0) throw new Refusal(t("upload.empty"));
    this.#desk = desk;
    this.#file = file;
    this.#changed = changed;
    this.name = file.name;
    this.size = file.size;
    this.isResumable = file.size > PART_BYTES;
  }

  /**
   * Returns the path of the stored object. Throws a `Refusal`, or `UploadCancelled`. After a cut the
   * promise stays open: the upload goes on by itself when the browser is online, or by `resume`.
   */
  async send(): Promise<string> {
    const path = `${this.#desk.userId}/${Date.now()}.${extensionOf(this.#file)}`;
    if (this.isResumable) {
      const sent = await this.#inParts(path);
      if (sent) return sent;
    }
    return await this.#inOnePiece(path);
  }

  pause(): void {
    void this.#parts?.abort();
    this.#become("paused");
  }

  resume(): void {
    if (!this.#parts || this.state === "sending") return;
    this.#become("sending");
    this.#parts.start();
  }

  /** Stops, and lets the server forget what it has. */
  cancel(): void {
    this.#cancelled();
    this.#request?.abort();
    const parts = this.#parts;
    if (!parts) return;
    // If the server does not answer, it forgets the upload by itself after a day.
    void parts.abort(parts.url !== null).catch(() => {}).then(() =>
      forgetUploads(this.#fingerprint)
    );
  }

  get #fingerprint(): string {
    return fingerprintOf(this.#desk, this.#file);
  }

  #become(state: UploadState): void {
    this.state = state;
    this.#changed();
  }

  #progress(sent: number, total: number): void {
    this.share = total ? sent / total : 0;
    this.#changed();
  }

  /**
   * Returns null if the stack does not offer uploads in parts. What was begun before goes on; if the
   * server refuses that, or has no such object in the end, the file goes up anew under another name.
   */
  async #inParts(newPath: string): Promise<string | null> {
    const [before] = await rememberedUploads(this.#fingerprint);
    if (before) {
      const path = before.metadata.objectName;
      const sent = await this.#partsTo(path, before).catch((error) => {
        if (!(error instanceof UploadRefused)) throw error;
      });
      if (sent && await listen(this.#desk, path)) return path;
      await forgetUploads(this.#fingerprint);
      this.#progress(0, this.size);
    }
    try {
      return await this.#partsTo(newPath);
    } catch (error) {
      if (error instanceof UploadRefused) await forgetUploads(this.#fingerprint);
      throw error;
    }
  }

  async #partsTo(path: string, before?: PreviousUpload): Promise<string | null> {
    const onOnline = () => this.state === "interrupted" && this.resume();
    addEventListener("online", onOnline);
    try {
      return await new Promise<string | null>((resolve, reject) => {
        this.#cancelled = () => reject(new UploadCancelled());
        const upload = this.#uploadOf(path, () => resolve(path), (error) => {
          const status = statusOf(error);
          if (status === undefined || status >= 500 || status === 423) this.#become("interrupted");
          else if ([404, 405, 501].includes(status)) resolve(null);
          else reject(refusalOf(status));
        });
        if (before) upload.resumeFromPreviousUpload(before);
        this.#parts = upload;
        upload.start();
      });
    } finally {
      removeEventListener("online", onOnline);
    }
  }

  #uploadOf(
    path: string,
    onSuccess: () => void,
    onError: (error: Error | DetailedError) => void,
  ): Upload {
    return new Upload(this.#file, {
      endpoint: `${this.#desk.config.url}/storage/v1/upload/resumable`,
      chunkSize: PART_BYTES,
      retryDelays: RETRY_DELAYS_MS,
      // So the address of the upload is known, and can be resumed, before the first part is sent.
      uploadDataDuringCreation: false,
      removeFingerprintOnSuccess: true,
      urlStorage: uploadStore,
      fingerprint: () => Promise.resolve(this.#fingerprint),
      metadata: { bucketName: BUCKET, objectName: path, contentType: typeOf(this.#file) },
      // The token may be renewed while a long upload is under way.
      onBeforeRequest: async (request) => {
        const headers = await authorization(this.#desk);
        for (const [name, value] of Object.entries(headers)) request.setHeader(name, value);
      },
      onProgress: (sent, total) => this.#progress(sent, total),
      onSuccess,
      onError,
      onShouldRetry: (error) => {
        const status = statusOf(error);
        // Without a connection there is no use in trying: the event `online` tells when there is.
        if (status === undefined) return navigator.onLine;
        return status >= 500 || status === 409 || status === 423;
      },
    });
  }

  /** Uses XMLHttpRequest, because fetch does not report how much was sent. */
  async #inOnePiece(path: string): Promise<string> {
    const headers = await authorization(this.#desk);
    await new Promise<void>((resolve, reject) => {
      const request = this.#request = new XMLHttpRequest();
      this.#cancelled = () => reject(new UploadCancelled());
      request.open("POST", `${this.#desk.config.url}/storage/v1/object/${BUCKET}/${path}`);
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.setRequestHeader("content-type", typeOf(this.#file));
      request.upload.onprogress = ({ loaded, total }) => this.#progress(loaded, total);
      request.onload = () => request.status < 300 ? resolve() : reject(refusalOf(request.status));
      request.onerror = () => reject(new Refusal(t("upload.failed")));
      request.send(this.#file);
    });
    return path;
  }
}

/** The uploads that another visit of the page began; choosing the same file goes on with one. */
export async function unfinishedUploads(desk: Desk): Promise<Unfinished[]> {
  return (await rememberedUploads(`${prefixOf(desk)}/`)).map(({ urlStorageKey, size }) => {
    const name = urlStorageKey.split("::")[1].split("/").at(-1) ?? "";
    return { name: decodeURIComponent(name), size: size ?? 0, key: urlStorageKey };
  });
}

/** Forgets an unfinished upload; the server does so by itself after a day. */
export async function forgetUpload({ key }: Unfinished): Promise<void> {
  await uploadStore.removeUpload(key);
}

/** Removes a recording that nothing refers to; it is no harm if that fails. */
export async function discard({ client }: Desk, path: string): Promise<void> {
  await client.storage.from(BUCKET).remove([path]);
}

/** An address at which the recording can be played for one hour; null without one. */
export async function listen({ client }: Desk, path: string): Promise<string | null> {
  const { data } = await client.storage.from(BUCKET).createSignedUrl(path, 3600);
  return data?.signedUrl ?? null;
}

function prefixOf({ userId }: Desk): string {
  return `recording/${userId}`;
}

/** What tells the same file of the same user apart from others; the last part is its name. */
function fingerprintOf(desk: Desk, { name, size, lastModified }: File): string {
  return [prefixOf(desk), size, lastModified, encodeURIComponent(name)].join("/");
}

function extensionOf({ name }: File): string {
  return name.split(".").pop()?.toLowerCase() ?? "";
}

function typeOf(file: File): string {
  return file.type || TYPES[extensionOf(file)];
}

/** The status of the server's answer; undefined if there was no answer. */
function statusOf(error: Error | DetailedError): number | undefined {
  return ("originalResponse" in error && error.originalResponse?.getStatus()) || undefined;
}

function refusalOf(status: number): Refusal {
  if (status === 401 || status === 403) return new Refusal(t("upload.signIn"));
  const texts: Record<number, string> = { 413: t("upload.tooLarge"), 415: kindRefused() };
  return new UploadRefused(texts[status] ?? t("upload.refused"));
}

function kindRefused(): string {
  return t("upload.kind", { kinds: EXTENSIONS.join(", ") });
}

async function authorization({ client, config }: Desk): Promise<Record<string, string>> {
  const { data } = await client.auth.getSession();
  return {
    apikey: config.publishableKey,
    authorization: `Bearer ${data.session?.access_token}`,
  };
}
