/** The page before sign-in: sign up or sign in with an e-mail address and a password. */
import type { SupabaseClient } from "@supabase/supabase-js";
import { html, nothing } from "lit-html";
import { busy, painter } from "./dom.ts";

export function signIn(root: HTMLElement, client: SupabaseClient): () => void {
  let isNew = false;
  let message = "";

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const credentials = {
      email: String(form.get("email")),
      password: String(form.get("password")),
    };
    await busy(event.submitter!, async () => {
      message = "";
      paint();
      const { data, error } = isNew
        ? await client.auth.signUp(credentials)
        : await client.auth.signInWithPassword(credentials);
      message = error?.message ?? (data.session ? "" : "Please confirm the link in your mail.");
      paint();
    });
  }

  const turn = () => {
    isNew = !isNew;
    message = "";
    paint();
  };

  const paint = painter(root, () =>
    html`
      <main class="door">
        <h1>Job desk</h1>
        <p class="lead">
          Paste a posting, upload an interview, look up a company, and watch the rows fill.
        </p>
        <form class="card" @submit="${submit}">
          <h2>${isNew ? "Create an account" : "Sign in"}</h2>
          <label>E-mail
            <input name="email" type="email" autocomplete="email" required />
          </label>
          <label>Password
            <input
              name="password"
              type="password"
              autocomplete="${isNew ? "new-password" : "current-password"}"
              minlength="6"
              required
            />
          </label>
          ${message
            ? html`
              <p class="note bad" role="alert">${message}</p>
            `
            : nothing}
          <button type="submit">${isNew ? "Sign up" : "Sign in"}</button>
          <button type="button" class="link" @click="${turn}">
            ${isNew ? "I have an account" : "I am new here"}
          </button>
        </form>
      </main>
    `);
  paint();
  return () => {};
}
