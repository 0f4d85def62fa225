/** The form of a guess, whoever makes it. */

/** What the worker reads of the column `quick_look`. */
export type QuickLook = { job_title?: string; company_name?: string };

/** Both guesses, without those that are empty. */
export function guessOf(title: string | undefined, company: string | undefined): QuickLook {
  return {
    ...(title ? { job_title: title } : {}),
    ...(company ? { company_name: company } : {}),
  };
}
