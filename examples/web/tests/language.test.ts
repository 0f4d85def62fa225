import { test } from "node:test";
import assert from "node:assert/strict";
import {
  fieldWords,
  inOne,
  moment,
  number,
  percent,
  preferredLanguage,
  rememberLanguage,
  sentenceFor,
  stage,
  t,
  useLanguage,
} from "../src/language.ts";

/** What a browser remembers; `null` for one that forbids it. */
function store(kept: string | null = "") {
  const forbid = () => {
    throw new DOMException("forbidden", "SecurityError");
  };
  if (kept === null) return { getItem: forbid, setItem: forbid };
  let value = kept;
  return {
    getItem: () => value || null,
    setItem: (_: string, chosen: string) => void (value = chosen),
  };
}

/** Runs in German, and in English again afterwards, for the other tests. */
async function inGerman(check: () => void, wanted = ["de"]): Promise<void> {
  await useLanguage("de", wanted);
  try {
    check();
  } finally {
    await useLanguage("en");
  }
}

test("the language is the one chosen before, else the first that the browser asks for", () => {
  assert.equal(preferredLanguage(store(), ["fr-FR", "de-AT", "en"]), "de");
  assert.equal(preferredLanguage(store("en"), ["de"]), "en");
  assert.equal(preferredLanguage(store("xx"), ["de"]), "de");
  assert.equal(preferredLanguage(store(), ["fr"]), "en");
  assert.equal(preferredLanguage(store(), []), "en");
  assert.equal(preferredLanguage(store("constructor"), []), "en");
});

test("a choice is remembered, and a browser that stores nothing breaks nothing", () => {
  const kept = store();
  rememberLanguage(kept, "de");
  assert.equal(preferredLanguage(kept, ["en"]), "de");
  rememberLanguage(store(null), "de");
  assert.equal(preferredLanguage(store(null), ["de"]), "de");
});

test("a text is in the language, with its values", async () => {
  assert.equal(t("row.confirmDelete", { what: "Baker" }), "Delete Baker?");
  await inGerman(() => assert.equal(t("row.confirmDelete", { what: "Baker" }), "Baker löschen?"));
});

test("a value is put in as it is, also if it looks like a place for a value", () => {
  assert.equal(
    t("row.confirmDelete", { what: "{what} $& {toString}" }),
    "Delete {what} $& {toString}?",
  );
});

test("numbers, shares and moments are written as the language does", async () => {
  const moon = new Date("1969-07-20T12:00:00Z");
  const day: Intl.DateTimeFormatOptions = { dateStyle: "long", timeZone: "UTC" };
  await useLanguage("en", ["en-GB"]);
  assert.deepEqual([number(1234.5), moment(moon, day)], ["1,234.5", "20 July 1969"]);
  await inGerman(() => {
    assert.deepEqual([number(1234.5), moment(moon, day)], ["1.234,5", "20. Juli 1969"]);
    assert.match(percent(0.5), /^50\s%$/);
  });
});

test("the sentence for a code is chosen by its kind, and has its values", async () => {
  const kind = { kind: "private" };
  assert.match(sentenceFor("errors", "url_refused", kind)!.message, /private network/);
  assert.match(sentenceFor("errors", "url_refused", { kind: "?" })!.message, /cannot be opened/);
  await inGerman(() => {
    const said = sentenceFor("errors", "audio_too_long", { hours: 1.5 })!;
    assert.match(inOne(said), /^Die Aufnahme ist länger als 1,5 Stunden\. Laden/);
  });
});

test("there is no sentence for an unknown code, nor one with a hole", () => {
  assert.equal(sentenceFor("errors", "no_such_code"), undefined);
  assert.equal(sentenceFor("errors", "constructor"), undefined);
  assert.equal(sentenceFor("errors", "audio_too_long"), undefined);
  assert.equal(fieldWords("too_long"), undefined);
  assert.equal(fieldWords("too_long", { most: 200 }), "must have at most 200 characters");
});

test("a stage is translated, and one that is not known is shown as it is", async () => {
  await inGerman(() => {
    assert.equal(stage("Reading the page"), "Die Seite wird gelesen");
    assert.equal(stage("Setting the type"), "Setting the type");
    assert.equal(
      stage("Looking at GitHub, Summing up"),
      "GitHub wird angesehen, Die Zusammenfassung entsteht",
    );
  });
});
