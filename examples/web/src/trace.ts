/** The trace that a request of this page begins: W3C Trace Context, https://www.w3.org/TR/trace-context/ */

/**
 * A new value of the header `traceparent`. The page itself records nothing; what the request sets
 * off, up to the result of a row, is one trace by this id.
 */
export function newTraceparent(): string {
  return `00-${randomHex(16)}-${randomHex(8)}-01`;
}

function randomHex(bytes: number): string {
  return Array.from(
    crypto.getRandomValues(new Uint8Array(bytes)),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
}
