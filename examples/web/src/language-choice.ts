/** The choice of the language, below every view. */
import { html } from "lit-html";
import type { Content } from "./dom.ts";
import {
  browserStore,
  currentLanguage,
  type Language,
  LANGUAGES,
  rememberLanguage,
  t,
} from "./language.ts";

/** A list of the languages; a choice is remembered, and the page is loaded again in it. */
export function languageChoice(): Content {
  const choose = (event: Event) => {
    const { value } = event.currentTarget as HTMLSelectElement;
    rememberLanguage(browserStore(), value as Language);
    location.reload();
  };
  return html`
    <label>${t("page.language")}
      <select name="language" @change="${choose}">
        ${Object.entries(LANGUAGES).map(([code, name]) =>
          html`
            <option value="${code}" lang="${code}" ?selected="${code === currentLanguage()}">
              ${name}
            </option>
          `
        )}
      </select>
    </label>
  `;
}
