/** Guesses title and company from the address of a posting. */

import { parse } from "tldts-icann";

import { guessOf, type QuickLook } from "./guess.ts";

// Matched against host, path and query. The groups are title and company as the address spells
// them.
const SYSTEMS = [
  /^(?:job-)?boards\.(?:eu\.)?greenhouse\.io\/(?!embed\/)(?<company>[^/]+)/,
  /^(?:job-)?boards\.(?:eu\.)?greenhouse\.io\/embed\/.*[?&]for=(?<company>[^&]+)/,
  /^jobs\.(?:eu\.)?lever\.co\/(?<company>[^/]+)/,
  /^jobs\.ashbyhq\.com\/(?<company>[^/]+)/,
  /^(?<company>[^./]+)\.wd\d+\.myworkdayjobs\.com\/(?:.*\/)?job\/(?:[^/]+\/)?(?<title>[^/_?]+)/,
  /^(?:jobs|careers)\.smartrecruiters\.com\/(?<company>[^/]+)\/\d+(?:-(?<title>[^/?]+))?/,
  /^apply\.workable\.com\/(?<company>[^/]+)\/j\//,
  /^(?!www\.)(?<company>[^./]+)\.workable\.com\//,
  /^(?<company>[^./]+)\.recruitee\.com\/o\/(?<title>[^/?]+)/,
  /^(?<company>[^./]+)\.jobs\.personio\.(?:de|com)\//,
  /^(?<company>[^./]+)\.teamtailor\.com\/jobs\/\d+(?:-(?<title>[^/?]+))?/,
  /^ats\.rippling\.com\/(?<company>[^/]+)\/jobs\//,
  /^(?:[^./]+\.)?linkedin\.com\/jobs\/view\/(?<title>[^/?]+)-at-(?<company>[^/?]+)-\d+/,
];

// Sites with postings, links or pages of many employers, so their name is not taken for the
// employer's.
const OTHERS = new Set(
  ("greenhouse.io lever.co ashbyhq.com myworkdayjobs.com myworkdaysite.com smartrecruiters.com " +
    "workable.com recruitee.com personio.de personio.com teamtailor.com rippling.com breezy.hr " +
    "bamboohr.com icims.com jobvite.com taleo.net successfactors.com successfactors.eu join.com " +
    "pinpointhq.com linkedin.com indeed.com glassdoor.com monster.com ziprecruiter.com " +
    "stepstone.de xing.com totaljobs.com reed.co.uk dice.com wellfound.com builtin.com " +
    "weworkremotely.com remoteok.com welcometothejungle.com adzuna.com simplyhired.com " +
    "ycombinator.com google.com facebook.com github.com notion.site bit.ly lnkd.in t.co").split(
      " ",
    ),
);

const OWN_POSTING =
  /\/(?:jobs?|careers?|vacanc(?:y|ies)|positions?|openings?|roles?|stellen(?:angebote)?)\/(?:[^?]*\/)?(?<title>[^/?]+?)(?:\.html?)?\/?$/;

/** Title and company as far as the address names them. */
export function guessFromAddress(address: string): QuickLook {
  const url = new URL(address);
  const place = url.hostname + url.pathname;
  for (const system of SYSTEMS) {
    const found = system.exec(place + url.search)?.groups;
    if (found) return guessOf(asTitle(found.title), asName(found.company));
  }
  const { domain, domainWithoutSuffix } = parse(url.hostname);
  if (!domain || OTHERS.has(domain)) return {};
  return guessOf(asTitle(OWN_POSTING.exec(place)?.groups?.title), asName(domainWithoutSuffix));
}

/**
 * "senior-baker-4711" → "Senior Baker". A single word is often a section of the site, so it gives
 * undefined.
 */
function asTitle(slug: string | undefined): string | undefined {
  const words = wordsOf(slug).filter((word) => !/\d{3,}/.test(word));
  return words.length > 1 ? words.map(capitalised).join(" ") : undefined;
}

/** "acme-labs" → "Acme Labs"; undefined if there is no word with a letter. */
function asName(slug: string | null | undefined): string | undefined {
  return wordsOf(slug).map(capitalised).join(" ") || undefined;
}

function wordsOf(slug: string | null | undefined): string[] {
  let plain = slug ?? "";
  try {
    plain = decodeURIComponent(plain);
  } catch {
    return []; // a part with a broken % escape cannot be decoded, so it has no words
  }
  const words = plain.split(/[\s_+-]+/).filter((word) => word !== "");
  return words.some((word) => /\p{L}/u.test(word)) ? words : [];
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
