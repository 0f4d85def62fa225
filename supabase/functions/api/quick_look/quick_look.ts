/**
 * The first guess that goes with a new position, so that the card has a name at once.
 *
 * It is made of what was sent and nothing else: no page is opened here. The worker trusts it the
 * least of all sources, and writes over it.
 */

import { guessFromAddress } from "./address.ts";
import type { QuickLook } from "./guess.ts";
import { askModel } from "./model.ts";
import { guessFromText } from "./text.ts";

const LONGEST_GUESS = 200;

/** A guess by rules, and by a small model for what they leave open; null if there is none. */
export async function quickLook(
  source: { address: string } | { text: string },
): Promise<QuickLook | null> {
  const byRules = "address" in source
    ? guessFromAddress(source.address)
    : guessFromText(source.text);
  const guess = byRules.job_title && byRules.company_name ? byRules : {
    ...await askModel("address" in source ? source.address : source.text),
    ...byRules,
  };
  const known = Object.entries(guess).filter(([, value]) => value.length <= LONGEST_GUESS);
  return known.length > 0 ? Object.fromEntries(known) : null;
}
