/** What a person pasted: links, or the text of one posting. No network and no page. */
import { webAddress } from "./dom.ts";

/** So many links may be added at once. */
export const MOST_LINKS = 50;

/** The links, each once, if the text has nothing but links; else none: it is that of a posting. */
export function linksIn(text: string): string[] {
  const words = text.split(/\s+/).filter(Boolean);
  const links = words.map((word) => word.replace(/[,;]$/, ""));
  return links.every((link) => webAddress(link) !== null) ? [...new Set(links)] : [];
}

/** Headings that say only that a posting follows. */
const EMPTY_HEADINGS =
  /^(job (description|posting|ad|details|summary|title)|about (us|the (job|role|company|team))|overview|description|stellenbeschreibung|stellenanzeige)$/i;
const LONGEST_NAME = 60;
/** Of a long text only the beginning is looked at. */
const LOOKED_AT = 2000;

/** The first words of a posting that say something, for as long as it has no title. */
export function firstWords(text: string): string {
  for (const line of text.slice(0, LOOKED_AT).split(/\r?\n/)) {
    // Without the signs that Markdown and lists begin with, and without a label like "Title:".
    const words = line.replace(/^[\s#>*•·–—-]+/, "").replace(/[*_`:\s]+$/, "")
      .replace(/^(?:job )?title:\s*/i, "").replaceAll(/\s+/g, " ");
    if (!/\p{L}{2}/u.test(words) || EMPTY_HEADINGS.test(words)) continue;
    return shortened(words);
  }
  return "";
}

function shortened(words: string): string {
  if (words.length <= LONGEST_NAME) return words;
  const cut = words.slice(0, LONGEST_NAME);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), LONGEST_NAME / 2)).trimEnd()}…`;
}
