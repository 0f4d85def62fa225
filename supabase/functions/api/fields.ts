/** The kinds of values in the paths and bodies of requests. */

import * as v from "valibot";

/** An object with these fields and no others, so that a misspelled name is refused. */
export function fieldsOf<E extends v.ObjectEntries>(entries: E) {
  return v.strictObject(
    entries,
    (issue) =>
      issue.expected === "Object"
        ? "must be an object"
        : issue.expected === "never"
        ? "is not a field of this request"
        : "is required",
  );
}

/** As `fieldsOf`, but for a change: any field may be missing, but not all of them. */
export function changesOf<E extends v.ObjectEntries>(entries: E) {
  return v.pipe(
    v.partial(fieldsOf(entries)),
    v.minEntries(1, "must name at least one field"),
  );
}

// Whether Postgres can store the text in a text or a jsonb column.
const isStorable = (value: string) => value.isWellFormed() && !value.includes("\0");

const anyText = v.pipe(
  v.string("must be a text"),
  v.check(isStorable, "must be Unicode text without the character NUL"),
);

/** A text of 1 to `longest` UTF-16 code units, after white space around it was removed. */
export const text = (longest: number) =>
  v.pipe(
    anyText,
    v.trim(),
    v.minLength(1, "must not be empty"),
    v.maxLength(longest, `must have at most ${longest} characters`),
  );

/**
 * A text of at most `mostBytes` bytes in UTF-8 that is not only white space; it stays unchanged.
 */
export const longText = (mostBytes: number) =>
  v.pipe(
    anyText,
    v.check((value) => value.trim() !== "", "must not be empty"),
    v.maxBytes(mostBytes, `must have at most ${mostBytes} bytes`),
    v.minLength(1),
    v.maxLength(mostBytes),
  );

export const flag = v.boolean("must be true or false");
export const uuid = v.pipe(v.string("must be a UUID"), v.uuid("must be a UUID"));

const LARGEST_INTEGER = 2 ** 31 - 1;

/** A whole number from zero to the largest that fits the database's type integer. */
export const count = v.pipe(
  v.number("must be a number"),
  v.integer("must be a whole number"),
  v.minValue(0, "must not be negative"),
  v.maxValue(LARGEST_INTEGER, "is too large"),
);

const LONGEST_SECONDS = 1_000_000;

/** A moment in a recording, in seconds from 0 to 1,000,000. */
export const seconds = v.pipe(
  v.number("must be a number"),
  v.minValue(0, "must not be negative"),
  v.maxValue(LONGEST_SECONDS, "is too large"),
);

/** A value of this schema that has at most `mostBytes` bytes as JSON in UTF-8. */
export const stored = <S extends v.GenericSchema>(schema: S, mostBytes: number) =>
  v.pipe(
    schema,
    v.check(
      (value) => new TextEncoder().encode(JSON.stringify(value)).length <= mostBytes,
      `must take at most ${mostBytes} bytes`,
    ),
  );

/** An http or https address of at most 2048 UTF-16 code units, also one in a private network. */
export const webAddress = v.pipe(
  text(2048),
  v.regex(/^https?:\/\/[^\s/]\S*$/i, "must be an address that begins with http:// or https://"),
  v.check((value) => URL.canParse(value), "must be a web address"),
);

/** A field that may be missing or null. */
export const maybe = <S extends v.GenericSchema>(schema: S) => v.nullish(schema);

/** A field of `changesOf` that may also be null, which empties the column. */
export const orNull = <S extends v.GenericSchema>(schema: S) => v.nullable(schema);
