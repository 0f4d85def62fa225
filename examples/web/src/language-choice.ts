/** The choice of the language, below every view. */
import { html } from "lit-html";
import type { Content } from "./dom.ts";
import { currentLanguage, type Language, LANGUAGES, t } from "./language.ts";

/** A list of the languages, with the one that is in use. */
export function languageChoice(choose: (language: Language) => void): Content {
  const changed = (event: Event) =>
    choose((event.currentTarget as HTMLSelectElement).value as Language);
  return html`
    <label>${t("page.language")}
      <select name="language" @change="${changed}">
        ${Object.entries(LANGUAGES).map(([code, name]) =>
          html`
            <option value="${code}" lang="${code}" .selected="${code === currentLanguage()}">
              ${name}
            </option>
          `
        )}
      </select>
    </label>
  `;
}
