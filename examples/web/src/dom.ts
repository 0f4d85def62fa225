/** Small functions that every view needs: rendering, formatting, safe links. */
import { html, nothing, render, type TemplateResult } from "lit-html";
import { capital, known, moment } from "./language.ts";

export type Content = TemplateResult | typeof nothing | string;

/** Returns a function that renders at most once per frame, however often it is called. */
export function painter(root: HTMLElement, template: () => Content): () => void {
  let due = false;
  const paint = () => {
    due = false;
    render(template(), root);
  };
  return () => {
    if (due) return;
    due = true;
    // The browser gives no frames to a hidden window, but its rows should stay up to date too.
    if (document.hidden) setTimeout(paint, 100);
    else requestAnimationFrame(paint);
  };
}

/**
 * Runs an action with its control marked as busy; until it ends, the control starts no second one.
 *
 * The control is not disabled, because a disabled element loses the focus.
 */
export async function busy(control: HTMLElement, action: () => Promise<unknown>): Promise<void> {
  if (control.ariaDisabled === "true") return;
  control.ariaDisabled = "true";
  try {
    await action();
  } finally {
    control.ariaDisabled = null;
  }
}

/** Empties a form that was sent, unless the person has changed it meanwhile. */
export function resetUnlessChanged(form: HTMLFormElement, sent: FormData): void {
  const now = new FormData(form);
  const names = [...sent.keys(), ...now.keys()];
  if (names.every((name) => now.get(name) === sent.get(name))) form.reset();
}

/** The address if it is a web address, else null; a page or a model may have written anything. */
export function webAddress(address: string | null | undefined): string | null {
  try {
    const url = new URL(address ?? "");
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/** A link to another site, or only its text if the address is not a web address. */
export function outward(address: string | null | undefined, text?: string): Content {
  const href = webAddress(address);
  if (!href) return text ?? nothing;
  // Without spaces around it, because a sign may follow.
  // deno-fmt-ignore
  return html`<a href="${href}" target="_blank" rel="noopener noreferrer">${text ?? hostOf(href)}</a>`;
}

/** Facts in one line. Each runs in its own direction: an Arabic name does not turn its neighbours. */
export function inLine(facts: readonly (Content | null | undefined | false)[]): Content {
  const known = facts.filter((fact) => fact && fact !== nothing);
  return html`
    ${known.map((fact) =>
      html`
        <span class="fact"><bdi>${fact}</bdi></span>
      `
    )}
  `;
}

const signs = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The first letter or sign of a name, whole: an emoji may be many characters. */
export function initial(name: string): string {
  const [first] = signs.segment(name.trim());
  return capital(first?.segment ?? "");
}

export function hostOf(address: string | null | undefined): string {
  const href = webAddress(address);
  return href ? new URL(href).hostname.replace(/^www\./, "") : (address ?? "");
}

/** 75 → "1:15"; 3675 → "1:01:15". */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] > 0 ? parts : parts.slice(1);
  return shown.map((part, index) => (index ? String(part).padStart(2, "0") : part)).join(":");
}

export function day(date: string | null | undefined): string {
  if (!date) return "";
  const options: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", year: "numeric" };
  // A date without a time is the same day in every time zone.
  if (/^\d{4}-\d\d-\d\d$/.test(date)) options.timeZone = "UTC";
  return moment(new Date(date), options);
}

/** The word for a code, from this group of texts; a code that has none is written as words. */
export function wordOf(group: string, code: string): string {
  const name = code.toLowerCase().replaceAll(/[\s-]+/g, "_");
  return known(`${group}.${name}`) ?? words(code);
}

/** "on_site" → "On site". */
export function words(code: string): string {
  const text = code.replaceAll(/[_-]+/g, " ").toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Remembers which things are open, until the page is reloaded. */
export class OpenSet {
  readonly #ids = new Set<string>();

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  set(id: string, isOpen: boolean): void {
    if (isOpen) this.#ids.add(id);
    else this.#ids.delete(id);
  }

  /** The listener for a `<details>` element's toggle event. */
  follow(id: string, changed: () => void): (event: Event) => void {
    return (event) => {
      const { open } = event.currentTarget as HTMLDetailsElement;
      if (open === this.has(id)) return;
      this.set(id, open);
      changed();
    };
  }
}
