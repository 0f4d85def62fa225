/** How long tests wait for what is to happen. Their clocks may be moved, so this counts real time. */

/** Only what never happens reaches it: a busy machine takes 10 s to read ten thousand rows. */
const DEADLINE_MS = 30_000;
const setReal = globalThis.setTimeout;
const clearReal = globalThis.clearTimeout;

/** What the promise resolves to; rejects if that takes too long, and then says what was awaited. */
export async function inTime<Result>(
  promise: Promise<Result>,
  awaited: () => string,
): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setReal(() => late.reject(new Error(`not in time: ${awaited()}`)), DEADLINE_MS);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearReal(timer);
  }
}
