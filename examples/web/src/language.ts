/**
 * The language of the page: what it says, by key, and how it writes dates and numbers.
 *
 * English is part of the program; another language is loaded when it is chosen. Call `t` where a
 * text is shown and not while a module loads, because the language is chosen after that.
 */
import english from "./texts/en.json" with { type: "json" };
import englishSentences from "./texts/sentences.en.json" with { type: "json" };

/** The languages of the page, each by its own name. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;

export type Language = keyof typeof LANGUAGES;
export type Key = keyof typeof english;
/** The keys that have a form for one thing and a form for several: `x.one` and `x.other`. */
export type PluralKey = Key extends infer K ? K extends `${infer Stem}.other` ? Stem : never
  : never;
export type Params = Readonly<Record<string, string | number>>;
/** What happened and, if a person can do something about it, what. */
export interface Sentence {
  message: string;
  action?: string;
  /** Whether another try may help; if missing, the row says it. */
  again?: boolean;
}

/** Where a code comes from: the error of a row, a refusal of the API, a warning of a result. */
export type Section = "errors" | "refusals" | "warnings";

type Texts = Record<Key, string>;
type Words = Readonly<Record<string, string>>;
/** The sentences for codes; those about fields continue the name of the field. */
type Sentences =
  & Record<Section, Readonly<Record<string, Sentence>>>
  & Record<"fields" | "stages", Words>;

/** The tables of the other languages, by the function that loads them. */
const OTHERS: Record<Exclude<Language, "en">, () => Promise<[Texts, Sentences]>> = {
  de: async () => {
    const [texts, sentences] = await Promise.all([
      import("./texts/de.json", { with: { type: "json" } }),
      import("./texts/sentences.de.json", { with: { type: "json" } }),
    ]);
    return [texts.default, sentences.default];
  },
};

const CHOICE = "language";

let language: Language = "en";
let locale: string | undefined;
let texts: Texts = english;
let sentences: Sentences = englishSentences;

/** The text with this key; `{name}` in it is replaced by the parameter `name`. */
export function t(key: Key, params: Params = {}): string {
  return filled(texts[key], params);
}

/** The form of a text for this number of things, which is its parameter `count`. */
export function many(key: PluralKey, count: number, params: Params = {}): string {
  const form = new Intl.PluralRules(language).select(count) === "one" ? "one" : "other";
  return t(`${key}.${form}` as Key, { ...params, count });
}

/**
 * The sentence for a code, or undefined. `kind` among the parameters chooses the sentence for
 * `code.kind`, if there is one.
 */
export function sentenceFor(
  section: Section,
  code: string,
  params: Params = {},
): Sentence | undefined {
  const said = own(sentences[section], `${code}.${params.kind}`) ?? own(sentences[section], code);
  // Without its value, a sentence would show the name of a placeholder.
  if (!said || lacks(`${said.message} ${said.action ?? ""}`, params)) return undefined;
  const { message, action, again } = said;
  return { message: filled(message, params), action: action && filled(action, params), again };
}

/** Both parts of a sentence as one text. */
export function inOne({ message, action }: Sentence): string {
  return [message, action].filter(Boolean).join(" ");
}

/** What is wrong with a field of a request, by code; undefined for an unknown code. */
export function fieldWords(code: string, params: Params = {}): string | undefined {
  const said = own(sentences.fields, code);
  return said === undefined || lacks(said, params) ? undefined : filled(said, params);
}

/** The stages of a row in the language of the page; workers write them in English, with commas. */
export function stage(written: string): string {
  return written.split(", ").map((one) => own(sentences.stages, one) ?? one).join(", ");
}

/** The text with this key if there is one: for words from elsewhere, such as a code. */
export function known(key: string): string | undefined {
  return own(texts as Words, key);
}

function own<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function lacks(text: string, params: Params): boolean {
  return placeholders(text).some((name) => !Object.hasOwn(params, name));
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
}

function filled(text: string, params: Params): string {
  return text.replaceAll(/\{(\w+)\}/g, (place, name: string) => {
    if (!Object.hasOwn(params, name)) return place;
    const value = params[name];
    return typeof value === "number" ? number(value) : value;
  });
}

export function number(value: number, options?: Intl.NumberFormatOptions): string {
  return new Intl.NumberFormat(locale, options).format(value);
}

/** 0.5 → "50%", as the language writes it. */
export function percent(share: number): string {
  return number(share, { style: "percent", maximumFractionDigits: 0 });
}

/** A date, a time or both, as the language writes them. */
export function moment(date: Date, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale, options).format(date);
}

/** Compares texts as the language sorts them. */
export function collator(options: Intl.CollatorOptions): Intl.Collator {
  return new Intl.Collator(locale, options);
}

/** A text in capital letters, as the language writes them. */
export function capital(text: string): string {
  return text.toLocaleUpperCase(locale);
}

/** The language that is in use. */
export function currentLanguage(): Language {
  return language;
}

/** Loads a language and uses it from now on; what is already on screen stays as it is. */
export async function useLanguage(chosen: Language, wanted: readonly string[] = []) {
  [texts, sentences] = chosen === "en" ? [english, englishSentences] : await OTHERS[chosen]();
  language = chosen;
  // A reader in Austria or in Britain has dates and numbers as they are written there.
  locale = wanted.find((tag) => tag === chosen || tag.startsWith(`${chosen}-`)) ?? chosen;
}

/** What this browser remembers; some forbid even to ask, and then it is nothing. */
export function browserStore(): Pick<Storage, "getItem" | "setItem"> {
  try {
    localStorage.getItem(CHOICE);
    return localStorage;
  } catch {
    return { getItem: () => null, setItem: () => {} };
  }
}

/** The language that was chosen before, else the first one that the browser asks for. */
export function preferredLanguage(
  store: Pick<Storage, "getItem">,
  wanted: readonly string[],
): Language {
  const named = [remembered(store), ...wanted].map((tag) => tag?.split("-")[0].toLowerCase());
  return named.find(isLanguage) ?? "en";
}

export function rememberLanguage(store: Pick<Storage, "setItem">, chosen: Language): void {
  try {
    store.setItem(CHOICE, chosen);
  } catch {
    // Where that is forbidden, the page has the language that the browser asks for.
  }
}

function remembered(store: Pick<Storage, "getItem">): string | undefined {
  try {
    return store.getItem(CHOICE) ?? undefined;
  } catch {
    return undefined;
  }
}

function isLanguage(tag: string | undefined): tag is Language {
  return tag !== undefined && Object.hasOwn(LANGUAGES, tag);
}
