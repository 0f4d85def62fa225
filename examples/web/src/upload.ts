/** Uploads a recording to the user's own folder in the bucket, and reports the progress. */
import { Upload } from "tus-js-client";
import { type Desk, Refusal } from "./desk.ts";

const BUCKET = "interviews";
const MAX_BYTES = 50 * 1024 * 1024;
const EXTENSIONS = "mp3 mp4 aac wav flac pcm m4a ogg opus webm".split(" ");
/** Supabase Storage requires exactly this size for every part except the last. */
const PART_BYTES = 6 * 1024 * 1024;
const RETRY_DELAYS_MS = [0, 3000, 5000, 10_000, 20_000];

export const ACCEPTED = EXTENSIONS.map((extension) => `.${extension}`).join(",");

export type Progress = (share: number) => void;

/** Returns the path of the stored object; throws a `Refusal`. */
export async function upload(desk: Desk, file: File, progress: Progress): Promise<string> {
  const extension = file.name.split(".").pop()?.toLowerCase() ?? "";
  if (!EXTENSIONS.includes(extension)) {
    throw new Refusal(`Not a kind of recording that is taken: ${EXTENSIONS.join(", ")}.`);
  }
  if (file.size > MAX_BYTES) throw new Refusal("The recording is larger than 50 MiB.");
  if (file.size === 0) throw new Refusal("The file is empty.");
  const path = `${desk.userId}/${Date.now()}.${extension}`;
  if (file.size <= PART_BYTES || !(await inParts(desk, path, file, progress))) {
    await inOnePiece(desk, path, file, progress);
  }
  return path;
}

/**
 * Uploads in parts, so that a broken connection costs only one part. Returns false if the stack
 * does not offer that.
 */
async function inParts(desk: Desk, path: string, file: File, progress: Progress) {
  const { endpoint, headers } = await storage(desk);
  return await new Promise<boolean>((resolve, reject) => {
    new Upload(file, {
      endpoint: `${endpoint}/upload/resumable`,
      headers,
      chunkSize: PART_BYTES,
      retryDelays: RETRY_DELAYS_MS,
      uploadDataDuringCreation: true,
      removeFingerprintOnSuccess: true,
      metadata: { bucketName: BUCKET, objectName: path, contentType: file.type },
      onProgress: (sent, total) => progress(sent / total),
      onSuccess: () => resolve(true),
      onError: (error) => {
        const status = "originalResponse" in error ? error.originalResponse?.getStatus() : 0;
        if (status && [404, 405, 501].includes(status)) resolve(false);
        else reject(new Refusal("The upload failed. Please try again."));
      },
      onShouldRetry: (error) => (error.originalResponse?.getStatus() ?? 500) >= 500,
    }).start();
  });
}

/** Uses XMLHttpRequest, because fetch does not report how much was sent. */
async function inOnePiece(desk: Desk, path: string, file: File, progress: Progress) {
  const { endpoint, headers } = await storage(desk);
  await new Promise<void>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${endpoint}/object/${BUCKET}/${path}`);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    if (file.type) request.setRequestHeader("content-type", file.type);
    request.upload.onprogress = ({ loaded, total }) => progress(loaded / total);
    request.onload = () =>
      request.status < 300 ? resolve() : reject(new Refusal(storageMessage(request.responseText)));
    request.onerror = () => reject(new Refusal("The upload failed. Please try again."));
    request.send(file);
  });
}

async function storage({ client, config }: Desk) {
  const { data } = await client.auth.getSession();
  return {
    endpoint: `${config.url}/storage/v1`,
    headers: {
      apikey: config.publishableKey,
      authorization: `Bearer ${data.session?.access_token}`,
    },
  };
}

function storageMessage(body: string): string {
  try {
    return (JSON.parse(body) as { message?: string }).message ?? "The upload was refused.";
  } catch {
    return "The upload was refused.";
  }
}

/** An address at which the recording can be played for one hour. */
export async function listen({ client }: Desk, path: string): Promise<string | null> {
  const { data } = await client.storage.from(BUCKET).createSignedUrl(path, 3600);
  return data?.signedUrl ?? null;
}
