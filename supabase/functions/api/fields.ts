/** The kinds of values in the bodies of requests. Their limits are the same as in the tables. */

import * as v from "valibot";

/** An object that may have only these fields, so that a misspelled name is noticed. */
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

// Text that Postgres can store in a text or a jsonb.
const isStorable = (value: string) => value.isWellFormed() && !value.includes("\0");

const anyText = v.pipe(
  v.string("must be a text"),
  v.check(isStorable, "must be Unicode text without the character NUL"),
);

/** Some text on one or more lines; spaces around it do not count. */
export const text = (longest: number) =>
  v.pipe(
    anyText,
    v.trim(),
    v.minLength(1, "must not be empty"),
    v.maxLength(longest, `must have at most ${longest} characters`),
  );

/** A long text that is stored unchanged. */
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

/** A number of the database's type integer, not below zero. */
export const count = v.pipe(
  v.number("must be a number"),
  v.integer("must be a whole number"),
  v.minValue(0, "must not be negative"),
  v.maxValue(LARGEST_INTEGER, "is too large"),
);

const LONGEST_SECONDS = 1_000_000;

/** A moment in a recording. JSON numbers such as 1e5000 are parsed as Infinity, and refused. */
export const seconds = v.pipe(
  v.number("must be a number"),
  v.minValue(0, "must not be negative"),
  v.maxValue(LONGEST_SECONDS, "is too large"),
);

/** A list or object that is stored unchanged; as JSON it may have at most so many bytes. */
export const stored = <S extends v.GenericSchema>(schema: S, mostBytes: number) =>
  v.pipe(
    schema,
    v.check(
      (value) => new TextEncoder().encode(JSON.stringify(value)).length <= mostBytes,
      `must take at most ${mostBytes} bytes`,
    ),
  );

/** Text that is a web address. Whether the worker may open it is checked in `web_address.ts`. */
export const webAddress = v.pipe(
  text(2048),
  v.regex(/^https?:\/\/[^\s/]\S*$/i, "must be an address that begins with http:// or https://"),
  v.check((value) => URL.canParse(value), "must be a web address"),
);

/** A field that may be missing or null. */
export const maybe = <S extends v.GenericSchema>(schema: S) => v.nullish(schema);

/** A field that may be missing, or null to empty it. */
export const orNull = <S extends v.GenericSchema>(schema: S) => v.nullable(schema);
