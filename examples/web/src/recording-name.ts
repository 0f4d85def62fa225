/** The title of an interview that has only the name of its file. */
import { capital } from "./language.ts";

/** The words of which phones, recorders and meeting rooms make the names of recordings. */
const SAY_NOTHING = new Set(
  ("a am at aud audio aufnahme aufzeichnung call clip copy datei file gmt kopie memo memos meeting " +
    "new neue note notiz of ptt pm rec record recorder recording screen sound sprachmemo t track " +
    "um unbenannt untitled vid video voice wa whatsapp z zoom").split(" "),
);
const RANDOM = /^[0-9a-f]{8}(?:[- ]?[0-9a-f]{4,12}){2,}$|^(?=\S*\d)[0-9a-f]{16,}$/i;
const LONGEST = 300;

/**
 * "acme_2nd-round (1).mp3" → "Acme 2nd-round". Null if the name says nothing, as "REC0001.wav" does.
 */
export function titleOfFile(fileName: string): string | null {
  const title = fileName
    .replace(/\.[a-z0-9]{2,5}$/i, "")
    .replaceAll(/[_\s]+|%20/g, " ")
    .replace(/(?: ?\(\d{1,3}\)| - copy| copy| kopie)+$/i, "")
    .replace(/^[\s.,;-]+|[\s.,;-]+$/g, "");
  const words = title.toLowerCase().match(/\p{L}+/gu) ?? [];
  if (words.every((word) => SAY_NOTHING.has(word)) || RANDOM.test(title)) return null;
  const first = [...title][0];
  return (capital(first) + title.slice(first.length)).slice(0, LONGEST);
}
