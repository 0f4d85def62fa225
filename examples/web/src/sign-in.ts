/** The page before sign-in: sign up or sign in with an e-mail address and a password. */
import type { AuthError, SupabaseClient } from "@supabase/supabase-js";
import { html, nothing } from "lit-html";
import { busy, painter } from "./dom.ts";
import { known, t } from "./language.ts";

export function signIn(root: HTMLElement, client: SupabaseClient): () => void {
  let isNew = false;
  let problem = "";
  let message = "";

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const credentials = {
      email: String(form.get("email")),
      password: String(form.get("password")),
    };
    await busy(event.submitter!, async () => {
      problem = message = "";
      paint();
      const { data, error } = isNew
        ? await client.auth.signUp(credentials)
        : await client.auth.signInWithPassword(credentials);
      problem = error ? refusal(error) : "";
      message = error || data.session ? "" : t("signIn.confirmMail");
      paint();
    });
  }

  const turn = () => {
    isNew = !isNew;
    problem = message = "";
    paint();
  };

  const paint = painter(root, () =>
    html`
      <main class="door">
        <h1>${t("page.title")}</h1>
        <p class="lead">${t("signIn.lead")}</p>
        <form class="card" @submit="${submit}">
          <h2>${isNew ? t("signIn.new") : t("signIn.known")}</h2>
          <label>${t("signIn.email")}
            <input name="email" type="email" autocomplete="email" required />
          </label>
          <label>${t("signIn.password")}
            <input
              name="password"
              type="password"
              autocomplete="${isNew ? "new-password" : "current-password"}"
              minlength="6"
              required
            />
          </label>
          <p class="note good" role="status" ?hidden="${!message}">${message}</p>
          ${problem
            ? html`
              <p class="note bad" role="alert">${problem}</p>
            `
            : nothing}
          <button type="submit">${isNew ? t("signIn.signUp") : t("signIn.known")}</button>
          <button type="button" class="link" @click="${turn}">
            ${isNew ? t("signIn.iHaveAnAccount") : t("signIn.iAmNew")}
          </button>
        </form>
      </main>
    `);
  paint();
  return () => {};
}

/** What Auth refused, by its code: its own words are English, and for developers. */
function refusal({ code }: AuthError): string {
  return known(`auth.${code}`) ?? t("auth.failed");
}
