/** The kinds of values in the paths and bodies of requests. */

import * as v from "valibot";

import { reason } from "./wording.ts";

/** An object with these fields and no others, so that a misspelled name is refused. */
export function fieldsOf<E extends v.ObjectEntries>(entries: E) {
  return v.strictObject(
    entries,
    (issue) =>
      issue.expected === "Object"
        ? reason("body")
        : issue.expected === "never"
        ? reason("unknown")
        : reason("required"),
  );
}

/** As `fieldsOf`, but for a change: any field may be missing, but not all of them. */
export function changesOf<E extends v.ObjectEntries>(entries: E) {
  return v.pipe(
    v.partial(fieldsOf(entries)),
    v.minEntries(1, reason("nothing")),
  );
}

// Whether Postgres can store the text in a text or a jsonb column.
const isStorable = (value: string) => value.isWellFormed() && !value.includes("\0");

const anyText = v.pipe(
  v.string(reason("text")),
  v.check(isStorable, reason("not_storable")),
);

/** A text of 1 to `longest` UTF-16 code units, after white space around it was removed. */
export const text = (longest: number) =>
  v.pipe(
    anyText,
    v.trim(),
    v.minLength(1, reason("empty")),
    v.maxLength(longest, reason("too_long", { most: longest })),
  );

/**
 * A text of at most `mostBytes` bytes in UTF-8 that is not only white space; it stays unchanged.
 */
export const longText = (mostBytes: number) =>
  v.pipe(
    anyText,
    v.check((value) => value.trim() !== "", reason("empty")),
    v.maxBytes(mostBytes, reason("too_many_bytes", { most: mostBytes })),
    v.minLength(1),
    v.maxLength(mostBytes),
  );

export const flag = v.boolean(reason("flag"));
export const uuid = v.pipe(v.string(reason("uuid")), v.uuid(reason("uuid")));

const LARGEST_INTEGER = 2 ** 31 - 1;

/** A whole number from zero to the largest that fits the database's type integer. */
export const count = v.pipe(
  v.number(reason("number")),
  v.integer(reason("whole")),
  v.minValue(0, reason("negative")),
  v.maxValue(LARGEST_INTEGER, reason("too_large")),
);

const LONGEST_SECONDS = 1_000_000;

/** A moment in a recording, in seconds from 0 to 1,000,000. */
export const seconds = v.pipe(
  v.number(reason("number")),
  v.minValue(0, reason("negative")),
  v.maxValue(LONGEST_SECONDS, reason("too_large")),
);

/** A value of this schema that has at most `mostBytes` bytes as JSON in UTF-8. */
export const stored = <S extends v.GenericSchema>(schema: S, mostBytes: number) =>
  v.pipe(
    schema,
    v.check(
      (value) => new TextEncoder().encode(JSON.stringify(value)).length <= mostBytes,
      reason("stored", { most: mostBytes }),
    ),
  );

/** An http or https address of at most 2048 UTF-16 code units, also one in a private network. */
export const webAddress = v.pipe(
  text(2048),
  v.regex(/^https?:\/\/[^\s/]\S*$/i, reason("address")),
  v.check((value) => URL.canParse(value), reason("address")),
);

/** A field that may be missing or null. */
export const maybe = <S extends v.GenericSchema>(schema: S) => v.nullish(schema);

/** A field of `changesOf` that may also be null, which empties the column. */
export const orNull = <S extends v.GenericSchema>(schema: S) => v.nullable(schema);
