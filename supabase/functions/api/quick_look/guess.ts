/** The form of a guess, made by rules or by the model. */

/** The part of the column `quick_look` that the worker reads. */
export type QuickLook = { job_title?: string; company_name?: string };

/** A guess of title and company, without the parts that are empty. */
export function guessOf(title: string | undefined, company: string | undefined): QuickLook {
  return {
    ...(title ? { job_title: title } : {}),
    ...(company ? { company_name: company } : {}),
  };
}
