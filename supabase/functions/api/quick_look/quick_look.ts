/**
 * The first guess of title and company of a new position, so that a page can show a name at once.
 * It uses only what the user sent; no page is opened.
 */

import type { Till } from "../paid.ts";
import { guessFromAddress } from "./address.ts";
import type { QuickLook } from "./guess.ts";
import { askModel } from "./model.ts";
import { guessFromText } from "./text.ts";

const LONGEST_GUESS = 200;

/**
 * A guess by rules; a small model may add what they do not find. Null if there is nothing usable.
 * Throws what the till throws.
 */
export async function quickLook(
  source: { address: string } | { text: string },
  till: Till,
): Promise<QuickLook | null> {
  const byRules = "address" in source
    ? guessFromAddress(source.address)
    : guessFromText(source.text);
  const guess = byRules.job_title && byRules.company_name ? byRules : {
    ...await askModel("address" in source ? source.address : source.text, till),
    ...byRules,
  };
  const known = Object.entries(guess).filter(([, value]) => value.length <= LONGEST_GUESS);
  return known.length > 0 ? Object.fromEntries(known) : null;
}
