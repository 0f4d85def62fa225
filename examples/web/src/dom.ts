/** Small things that every view needs: painting, formatting, safe links. */
import { html, nothing, render, type TemplateResult } from "lit-html";

export type Content = TemplateResult | typeof nothing | string;

/** Answers a function that renders once per frame, however often it is called. */
export function painter(root: HTMLElement, template: () => Content): () => void {
  let due = false;
  const paint = () => {
    due = false;
    render(template(), root);
  };
  return () => {
    if (due) return;
    due = true;
    // A window in the background is given no frames, but its rows should stay right too.
    if (document.hidden) setTimeout(paint, 100);
    else requestAnimationFrame(paint);
  };
}

/** The address if it is one of the web; what a page or a model wrote may be anything. */
export function webAddress(address: string | null | undefined): string | null {
  try {
    const url = new URL(address ?? "");
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/** A link that leaves the page, or just its text where the address is no link. */
export function outward(address: string | null | undefined, text?: string): Content {
  const href = webAddress(address);
  if (!href) return text ?? nothing;
  return html`
    <a href="${href}" target="_blank" rel="noopener noreferrer">${text ?? hostOf(href)}</a>
  `;
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
  // A date without a time means that day everywhere.
  if (/^\d{4}-\d\d-\d\d$/.test(date)) options.timeZone = "UTC";
  return new Intl.DateTimeFormat(undefined, options).format(new Date(date));
}

/** "on_site" → "On site". */
export function words(code: string): string {
  const text = code.replaceAll(/[_-]+/g, " ").toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A set of things that are open, remembered while the page lives. */
export class OpenSet {
  readonly #ids = new Set<string>();

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** The listener for a `<details>` element's toggle event. */
  follow(id: string, changed: () => void): (event: Event) => void {
    return (event) => {
      const { open } = event.currentTarget as HTMLDetailsElement;
      if (open === this.has(id)) return;
      if (open) this.#ids.add(id);
      else this.#ids.delete(id);
      changed();
    };
  }
}
