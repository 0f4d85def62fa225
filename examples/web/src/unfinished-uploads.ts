/** Which uploads the browser remembers, so that they go on after a cut or a reload of the page. */
import { canStoreURLs, defaultOptions, type PreviousUpload, type UrlStorage } from "tus-js-client";

/** Supabase Storage forgets an unfinished upload after this time. */
const KEPT_MS = 24 * 3600 * 1000;

/** Remembers for this visit only, where the browser forbids to store anything. */
class Visit implements UrlStorage {
  readonly #uploads = new Map<string, PreviousUpload>();

  findAllUploads(): Promise<PreviousUpload[]> {
    return Promise.resolve([...this.#uploads.values()]);
  }

  async findUploadsByFingerprint(fingerprint: string): Promise<PreviousUpload[]> {
    const all = await this.findAllUploads();
    return all.filter(({ urlStorageKey }) => urlStorageKey.startsWith(`tus::${fingerprint}::`));
  }

  removeUpload(key: string): Promise<void> {
    this.#uploads.delete(key);
    return Promise.resolve();
  }

  addUpload(fingerprint: string, upload: PreviousUpload): Promise<string> {
    const key = `tus::${fingerprint}::${Date.now()}`;
    this.#uploads.set(key, { ...upload, urlStorageKey: key });
    return Promise.resolve(key);
  }
}

const visit = new Visit();
const browser = canStoreURLs ? defaultOptions.urlStorage : null;

/** Where uploads are remembered; a browser that is full has what it cannot keep for this visit. */
export const uploadStore: UrlStorage = {
  findAllUploads: async () => [
    ...await browser?.findAllUploads() ?? [],
    ...await visit.findAllUploads(),
  ],
  findUploadsByFingerprint: async (fingerprint) => [
    ...await browser?.findUploadsByFingerprint(fingerprint) ?? [],
    ...await visit.findUploadsByFingerprint(fingerprint),
  ],
  removeUpload: async (key) => {
    await browser?.removeUpload(key);
    await visit.removeUpload(key);
  },
  addUpload: async (fingerprint, upload) => {
    try {
      if (browser) return await browser.addUpload(fingerprint, upload);
    } catch {
      // The storage is full.
    }
    return await visit.addUpload(fingerprint, upload);
  },
};

/** The remembered uploads whose fingerprint begins so, the newest first; older ones are removed. */
export async function rememberedUploads(beginning: string): Promise<PreviousUpload[]> {
  const found = await uploadStore.findAllUploads();
  const mine = found.filter(({ urlStorageKey }) => urlStorageKey.startsWith(`tus::${beginning}`));
  const isKept = ({ creationTime }: PreviousUpload) =>
    Date.now() - Date.parse(creationTime) < KEPT_MS;
  for (const { urlStorageKey } of mine.filter((one) => !isKept(one))) {
    void uploadStore.removeUpload(urlStorageKey);
  }
  return mine.filter(isKept)
    .sort((left, right) => Date.parse(right.creationTime) - Date.parse(left.creationTime));
}

/** Forgets the remembered uploads whose fingerprint begins so. */
export async function forgetUploads(beginning: string): Promise<void> {
  for (const { urlStorageKey } of await rememberedUploads(beginning)) {
    await uploadStore.removeUpload(urlStorageKey);
  }
}
