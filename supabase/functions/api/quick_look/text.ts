/** Guesses title and company from the text of a pasted posting, by rules. */

import { guessOf, type QuickLook } from "./guess.ts";

const TITLE = /^[*#\s]*(?:job title|title|position|role)\**\s*:\**[ \t]*(?<value>\S.{1,99})$/im;
const COMPANY =
  /^[*#\s]*(?:company|employer|organi[sz]ation)(?: name)?\**\s*:\**[ \t]*(?<value>\S.{0,99})$/im;
const HEADING = /^#{1,3} (?<value>\S.{2,99})$/;
const TITLE_AT_COMPANY = /^(?<title>\S.{2,79}?) (?:at|@) (?<company>\p{Lu}.{0,59})$/u;

const NAME = String.raw`\p{Lu}[\p{L}\p{N}&.'’-]*(?: (?:&|of|and|\p{Lu}[\p{L}\p{N}&.'’-]*)){0,4}`;
const WORDS = String.raw`\p{Lu}[\p{L}\p{N}/+&-]*(?: (?:of|and|&|\p{Lu}[\p{L}\p{N}/+&-]*)){0,6}`;
const HIRES = new RegExp(
  String.raw`(?:^|[.!?]\s)(?:At )?(?<company>${NAME}) (?:is|are) (?:now |currently )?` +
    String.raw`(?:hiring|looking for|seeking|recruiting)(?: for)? an? (?<title>${WORDS})`,
  "mu",
);
const NO_NAME = /^(?:We|They|It|This|The|Our|You|The Client|Our Client|The Company)$/;
const NO_TITLE =
  /^(?:about|job description|description|overview|the role|role|we|our|join|welcome|who|what|why|responsibilities|requirements|company|summary|introduction)\b/i;

// A posting usually names title and company at its top. In UTF-16 code units.
const CHARACTERS_READ = 4000;

/** Title and company as far as the top of the posting states them in one of the known forms. */
export function guessFromText(posting: string): QuickLook {
  const top = posting.trimStart().slice(0, CHARACTERS_READ);
  const firstLine = top.split("\n", 1)[0]!.trim();
  const heading = HEADING.exec(firstLine)?.groups?.value;
  const both = TITLE_AT_COMPANY.exec(heading ?? firstLine)?.groups;
  const hires = HIRES.exec(top)?.groups;
  const sentence = hires && !NO_NAME.test(hires.company!) ? hires : undefined;
  const title = TITLE.exec(top)?.groups?.value ?? both?.title ?? heading ?? sentence?.title;
  const company = COMPANY.exec(top)?.groups?.value ?? both?.company ?? sentence?.company;
  return guessOf(title && !NO_TITLE.test(title) ? tidy(title) : undefined, tidy(company));
}

function tidy(value: string | undefined): string | undefined {
  return value?.replace(/[*_]/g, "").replace(/\s+/g, " ").trim().replace(/[.,;]$/, "");
}
