/** What a person reads of a refusal: the sentence for its code, and what is wrong with a field. */

import { FIELDS, REFUSALS } from "./sentences.ts";

export type Params = Record<string, string | number>;
export type RefusalCode = keyof typeof REFUSALS extends infer Key
  ? Key extends `${string}.${string}` ? never : Key
  : never;
export type FieldCode = keyof typeof FIELDS;

/** What is wrong with a field, for a page that says it in another language. */
export type Reason = { code: string; params?: Params };

/**
 * The sentence for a refusal, with what the person can do. `kind` among the parameters chooses the
 * sentence for `code.kind`, if there is one.
 */
export function sentenceFor(code: RefusalCode, params: Params = {}): string {
  const kind = `${code}.${params.kind}`;
  const said: { message: string; action?: string } = REFUSALS[isRefusal(kind) ? kind : code];
  return filled([said.message, said.action].filter(Boolean).join(" "), params);
}

function isRefusal(code: string): code is keyof typeof REFUSALS {
  return Object.hasOwn(REFUSALS, code);
}

/** The text of a schema's message: a schema keeps only a text, so the parameters are in it. */
export function reason(code: FieldCode, params?: Params): string {
  return JSON.stringify({ code, params } satisfies Reason);
}

/** The reason in a schema's message; null if the message is one of the library for schemas. */
export function readReason(message: string): Reason | null {
  if (!message.startsWith('{"code":')) return null;
  return JSON.parse(message);
}

/** What is wrong with a field, in words that continue the name of the field. */
export function wordsFor({ code, params }: Reason): string {
  return filled(FIELDS[code as FieldCode], params ?? {});
}

function filled(text: string, params: Params): string {
  return text.replaceAll(/\{(\w+)\}/g, (place, name) => String(params[name] ?? place));
}
