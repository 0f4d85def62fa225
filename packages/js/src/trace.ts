/**
 * The trace that a request of a page begins: W3C Trace Context, https://www.w3.org/TR/trace-context/
 *
 *     const supabase = createClient(url, key, { global: { fetch: tracedFetch() } });
 *
 * The database keeps the trace with each row that such a request adds or queues again, and the
 * worker goes on with it. The page itself records nothing.
 */

const HEADER = "traceparent";
const TRACED = /\/(?:rest|functions)\/v1\//;
const READS = new Set(["GET", "HEAD"]);

/** A new value of the header `traceparent`: a trace with one span, which asks to be recorded. */
export function newTraceparent(): string {
  return `00-${randomHex(16)}-${randomHex(8)}-01`;
}

/**
 * A `fetch` that begins a trace with each request to Edge Functions, and with each one to the Data
 * API that may write. A request that has a trace keeps it. `inner` is what sends the request.
 */
export function tracedFetch(inner?: typeof fetch): typeof fetch {
  return (input, init) => {
    const send = inner ?? fetch;
    const request = input instanceof Request ? input : null;
    const method = (init?.method ?? request?.method ?? "GET").toUpperCase();
    const address = request?.url ?? String(input);
    if (!TRACED.test(address) || (READS.has(method) && address.includes("/rest/v1/"))) {
      return send(input, init);
    }
    const headers = new Headers(init?.headers ?? request?.headers);
    if (!headers.has(HEADER)) headers.set(HEADER, newTraceparent());
    return send(input, { ...init, headers });
  };
}

function randomHex(bytes: number): string {
  return Array.from(
    crypto.getRandomValues(new Uint8Array(bytes)),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
}
