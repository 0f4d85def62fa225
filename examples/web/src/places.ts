/** Where on the page a person is, kept in the browser's history, so that Back goes one place back. */
import { addressOf, type Place, placeOf, rowAddress } from "./address.ts";
import { t } from "./language.ts";

/** The part of the history that one tab sees. */
export interface TabPlace {
  /** Whether this tab is the one on screen. */
  readonly shown: boolean;
  /** The row that is shown alone; empty while the tab shows its list. */
  readonly id: string;
  readonly query: string;
  /** The query of the row that is shown alone: which part of it is meant. */
  readonly part: string;
  /** The address of this tab's list, as it was left. */
  readonly listAddress: string;
  address(id: string): string;
  /** Shows the list with this query; `push` makes Back return to the present one. */
  showList(query: string, how: "push" | "replace"): void;
  /** Sets the page's title. */
  title(words: string): void;
  /** Calls the listener after each move, also when the tab is left. */
  subscribe(listener: () => void): void;
  /** The function, if the tab is on screen; a tab that nobody sees is not painted. */
  whileShown(paint: () => void): () => void;
}

export class Places {
  readonly #tabs: readonly string[];
  readonly #listeners = new Set<() => void>();
  /** The query of each tab's list, so that a tab is found as it was left. */
  readonly #queries = new Map<string, string>();
  #current: Place;

  constructor(tabs: readonly string[]) {
    this.#tabs = tabs;
    this.#current = placeOf(location.hash, tabs) ?? { tab: tabs[0], id: "", query: "" };
    this.#arrive(this.#current);
    history.replaceState(null, "", addressOf(this.#current));
    addEventListener("hashchange", this.#moved);
  }

  get current(): Place {
    return this.#current;
  }

  close(): void {
    removeEventListener("hashchange", this.#moved);
    this.#listeners.clear();
    document.title = t("page.title");
  }

  subscribe(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Opens a tab with its list, as it was left. */
  openTab(tab: string): void {
    this.#go({ tab, id: "", query: this.#queries.get(tab) ?? "" }, "push");
  }

  of(tab: string): TabPlace {
    const isShown = () => this.#current.tab === tab;
    const partShown = () => isShown() && this.#current.id ? this.#current.query : "";
    const openRow = () => isShown() ? this.#current.id : "";
    const list = () => ({ tab, id: "", query: this.#queries.get(tab) ?? "" });
    return {
      get shown() {
        return isShown();
      },
      get id() {
        return openRow();
      },
      get query() {
        return list().query;
      },
      get part() {
        return partShown();
      },
      get listAddress() {
        return addressOf(list());
      },
      address: (id) => rowAddress(tab, id),
      showList: (query, how) => this.#go({ tab, id: "", query }, how),
      title: (words) => {
        if (isShown()) document.title = `${words} · ${t("page.title")}`;
      },
      subscribe: (listener) => this.subscribe(listener),
      whileShown: (paint) => () => isShown() && paint(),
    };
  }

  /** Follows a link to a row, and the buttons Back and Forward. */
  readonly #moved = (): void => {
    const place = placeOf(location.hash, this.#tabs);
    if (place) this.#arrive(place);
  };

  #go(place: Place, how: "push" | "replace"): void {
    const address = addressOf(place);
    if (address === addressOf(this.#current)) return;
    if (how === "push") history.pushState(null, "", address);
    else history.replaceState(null, "", address);
    this.#arrive(place);
  }

  #arrive(place: Place): void {
    this.#current = place;
    if (!place.id) this.#queries.set(place.tab, place.query);
    for (const listener of this.#listeners) listener();
  }
}
