import { createClient, type Session } from "@supabase/supabase-js";
import { html, render } from "lit-html";
import { readConfig } from "./config.ts";
import { keepFocus } from "./focus.ts";
import {
  browserStore,
  type Language,
  preferredLanguage,
  rememberLanguage,
  t,
  useLanguage,
} from "./language.ts";
import { languageChoice } from "./language-choice.ts";
import { messages } from "./messages.ts";
import { signIn } from "./sign-in.ts";
import { hideTipsOnEscape } from "./tips.ts";

const page = document.getElementById("page")!;
const foot = document.getElementById("foot")!;
const { announce, alert } = messages(
  document.getElementById("voice")!,
  document.getElementById("alarm")!,
);

keepFocus(page);
hideTipsOnEscape(page);

async function start(): Promise<void> {
  // Its loading begins now, but whoever has to sign in does not wait for it.
  const desk = import("./open-desk.ts");
  await speak(preferredLanguage(browserStore(), navigator.languages));
  const config = await readConfig();
  const client = createClient(config.url, config.publishableKey);
  let shownFor: string | undefined;
  let close = () => {};

  const show = async (session: Session | null) => {
    // If only the token was refreshed, the user is the same: keep what is on screen.
    if (shownFor === (session?.user.id ?? "nobody")) return;
    shownFor = session?.user.id ?? "nobody";
    close();
    close = () => {};
    const view = document.createElement("div");
    page.replaceChildren(view);
    if (!session) {
      close = signIn(view, client);
      return;
    }
    const { openDesk } = await desk;
    if (!view.isConnected) return;
    const { id: userId, email = "" } = session.user;
    close = openDesk(view, { config, client, userId, announce, alert }, email);
  };
  /** Shows the page anew without loading it, because the browser may keep neither choice nor user. */
  const choose = async (language: Language) => {
    await speak(language);
    rememberLanguage(browserStore(), language);
    render(languageChoice(chosen), foot);
    shownFor = undefined;
    await show((await client.auth.getSession()).data.session);
  };
  const chosen = (language: Language) => {
    choose(language).catch(() => {
      alert(t("page.failed"));
      render(languageChoice(chosen), foot);
    });
  };
  render(languageChoice(chosen), foot);
  client.auth.onAuthStateChange((_event, session) => void show(session).catch(fail));
}

async function speak(language: Language): Promise<void> {
  await useLanguage(language, navigator.languages);
  document.documentElement.lang = language;
  document.title = t("page.title");
}

function fail(error: Error): void {
  console.error(error);
  // What a browser says of a file that it could not load is for developers.
  const said = error instanceof TypeError ? t("page.failed") : error.message;
  const template = html`
    <main class="door">
      <p class="note bad" role="alert">${said}</p>
    </main>
  `;
  render(template, page);
}

start().catch(fail);
