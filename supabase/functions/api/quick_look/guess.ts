/** The form of a guess of title and company, made by rules or by the model. */

/** What the Edge Function stores in `quick_look`. The worker reads these two fields only. */
export type QuickLook = { job_title?: string; company_name?: string };

/** A guess with those of the two texts that are neither missing nor empty. */
export function guessOf(title: string | undefined, company: string | undefined): QuickLook {
  return {
    ...(title ? { job_title: title } : {}),
    ...(company ? { company_name: company } : {}),
  };
}
