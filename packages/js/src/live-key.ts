/** Primary keys of any name and type. Inside, a row's key is a text, the same for 7 and "7". */

/** A key as a caller has it. */
export type KeyValue = string | number | bigint;

/** A list for PostgREST, which reads commas, parentheses and quotes as its own. */
export function listOf(keys: readonly string[]): string {
  const quoted = keys.map((key) =>
    /^[\w-]+$/.test(key) ? key : `"${key.replace(/["\\]/g, "\\$&")}"`
  );
  return `(${quoted})`;
}
