/** A live table as a list: search, filter, sort, pages and selection, or one row alone. */
import { html, nothing } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { BulkBar, type BulkKind } from "./bulk-bar.ts";
import type { Desk } from "./desk.ts";
import type { Content } from "./dom.ts";
import { t } from "./language.ts";
import { listTools } from "./list-tools.ts";
import { type Listed, type ListPage, RowList } from "./list-rows.ts";
import { isNarrowed, type ListState, queryOf, stateOf } from "./list-state.ts";
import type { LiveRows } from "liverows";
import type { TabPlace } from "./places.ts";
import type { ProcessingRow } from "./rows.ts";
import { skeletons, stateNotes } from "./table-view.ts";

/** What a list shows, and what its rows are called. */
export interface ListKind<Row> extends Listed<Row>, BulkKind<Row> {
  /** What the rows are, which chooses the texts about them. */
  subject: "positions" | "interviews" | "companies";
  card(row: Row): Content;
  /** What is said while there are no rows at all. */
  empty: string;
  /** Whether the details of the row are open in its card, and how to open or close them. */
  details: { has(id: string): boolean; set(id: string, isOpen: boolean): void };
}

/** How long a person who types is left alone before the list follows. */
const SEARCH_PAUSE_MS = 200;

export class ListView<Row extends ProcessingRow> {
  readonly #live: LiveRows<Row>;
  readonly #place: TabPlace;
  readonly #kind: ListKind<Row>;
  readonly #paint: () => void;
  readonly #panel: HTMLElement;
  readonly #list: RowList<Row>;
  readonly #bulk: BulkBar<Row>;
  readonly #chosen = new Set<string>();
  #state: ListState;
  /** What stands in the search field; the list follows a little later. */
  #typed: string;
  #pause: ReturnType<typeof setTimeout> | undefined;
  /** The row that is shown alone, and whether its details were open before. */
  #alone: { id: string; wasOpen: boolean } | null = null;

  constructor(
    panel: HTMLElement,
    desk: Desk,
    live: LiveRows<Row>,
    place: TabPlace,
    kind: ListKind<Row>,
    paint: () => void,
  ) {
    this.#panel = panel;
    this.#live = live;
    this.#place = place;
    this.#kind = kind;
    this.#paint = paint;
    this.#list = new RowList(kind);
    this.#bulk = new BulkBar(desk, kind, paint);
    this.#state = stateOf(place.query);
    this.#typed = this.#state.search;
    this.#openAlone();
    place.subscribe(() => this.#moved());
  }

  /** Whether one row is shown alone. */
  get isAlone(): boolean {
    return this.#alone !== null;
  }

  /** Whether the person looks for some of the rows, and not at all of them. */
  get isNarrowed(): boolean {
    return isNarrowed(this.#state);
  }

  /** `rows` are those of the list; a row alone may be any row of the table. */
  template(rows: readonly Row[] = this.#live.view.rows): Content {
    const { loaded, complete, problem, link } = this.#live.view;
    if (problem && !loaded) return stateNotes(this.#live.view);
    // The newest rows are there before the others; nothing else can be said of them.
    const isNewest = !this.isNarrowed && this.#state.sort === "newest" && this.#state.page === 1;
    if (!loaded || !complete && !this.#alone && !isNewest) return skeletons();
    const page = this.#list.page(rows, this.#state);
    const alone = this.#alone && this.#live.view.rows.filter(({ id }) => id === this.#alone!.id);
    const shown = alone ?? page.shown;
    if (!complete && !shown.length) return skeletons();
    this.#nameThePage(alone);
    return html`
      ${stateNotes(this.#live.view)} ${alone
        ? html`
          <p class="way-back">
            <a href="${this.#place.listAddress}">${t(`list.all.${this.#kind.subject}`)}</a>
          </p>
        `
        : this.#tools(page)} ${shown.length ? nothing : this.#nothing(alone, rows)}
      <div class="cards ${alone ? "alone" : "listed"}" data-link="${link}">
        ${repeat(shown, (row) => row.id, (row) => this.#entry(row, !alone))}
      </div>
      ${alone ? nothing : this.#pager(page)}
    `;
  }

  #nameThePage(alone: Row[] | null): void {
    const { subject, name } = this.#kind;
    const title = alone && (alone[0] ? name(alone[0]) : t("list.notFound"));
    this.#place.title(title ?? t(`tab.${subject}`));
  }

  #entry(row: Row, isListed: boolean): Content {
    const choose = (event: Event) => {
      if ((event.currentTarget as HTMLInputElement).checked) this.#chosen.add(row.id);
      else this.#chosen.delete(row.id);
      this.#bulk.forget();
      this.#paint();
    };
    return html`
      <div class="entry">
        ${isListed
          ? html`
            <label class="pick"><input
                type="checkbox"
                aria-label="${t("list.select", { name: this.#kind.name(row) })}"
                .checked="${this.#chosen.has(row.id)}"
                @change="${choose}"
              /></label>
          `
          : nothing} ${this.#kind.card(row)}
      </div>
    `;
  }

  #tools(page: ListPage<Row>): Content {
    if (!this.#live.view.rows.length) return nothing;
    const chosen = page.matching.filter(({ id }) => this.#chosen.has(id));
    return html`
      ${listTools(this.#kind, this.#state, page, {
        typed: this.#typed,
        chosen: chosen.length,
        type: (text, isReady) => this.#type(text, isReady),
        change: (change) => this.#change({ ...change, page: 1 }, "replace"),
        chooseAll: (all) => this.#chooseAll(all ? page.matching : []),
      })} ${this.#bulk.template(chosen, () => {
        this.#chosen.clear();
        return Promise.resolve();
      })}
    `;
  }

  #nothing(alone: Row[] | null, rows: readonly Row[]): Content {
    const { subject, empty } = this.#kind;
    if (alone) {
      return html`
        <p class="empty" tabindex="-1">${t(`list.unknown.${subject}`)}</p>
      `;
    }
    if (!rows.length) {
      return empty && html`
        <p class="empty">${empty}</p>
      `;
    }
    const all = () => this.#change(stateOf(""), "replace");
    return html`
      <p class="empty">
        ${t(`list.none.${subject}`)}
        <button type="button" class="link" @click="${all}">${t("list.showAll")}</button>
      </p>
    `;
  }

  /** The buttons are never disabled, because a disabled button loses the focus. */
  #pager({ page, pages }: ListPage<Row>): Content {
    if (pages === 1) return nothing;
    const turn = (to: number) => () => {
      if (to < 1 || to > pages) return;
      this.#change({ page: to }, "push");
      this.#panel.querySelector(".tools")?.scrollIntoView({ block: "nearest" });
    };
    return html`
      <nav class="pager" aria-label="${t("list.pages")}">
        <button
          type="button"
          class="quiet"
          aria-disabled="${page === 1}"
          @click="${turn(page - 1)}"
        >${t("list.previous")}</button>
        <span>${t("list.pageOf", { page, pages })}</span>
        <button
          type="button"
          class="quiet"
          aria-disabled="${page === pages}"
          @click="${turn(page + 1)}"
        >${t("list.next")}</button>
      </nav>
    `;
  }

  #type(text: string, isReady: boolean): void {
    this.#typed = text;
    clearTimeout(this.#pause);
    const follow = () => this.#change({ search: text.trim(), page: 1 }, "replace");
    if (isReady) follow();
    else this.#pause = setTimeout(follow, SEARCH_PAUSE_MS);
  }

  #chooseAll(rows: readonly Row[]): void {
    this.#chosen.clear();
    for (const { id } of rows) this.#chosen.add(id);
    this.#bulk.forget();
    this.#paint();
  }

  /** The address is what counts: it comes back to `#moved`. */
  #change(change: Partial<ListState>, how: "push" | "replace"): void {
    this.#place.showList(queryOf({ ...this.#state, ...change }), how);
  }

  #moved(): void {
    const before = this.#alone;
    const isHere = this.#place.shown;
    // A search that is still to follow belongs to the list that the person has left.
    const hasLeft = !isHere || this.#place.id !== (before?.id ?? "");
    if (hasLeft) clearTimeout(this.#pause);
    if (this.#place.id !== (before?.id ?? "")) {
      if (before) this.#kind.details.set(before.id, before.wasOpen);
      this.#openAlone();
      if (this.#alone) this.#focusSoon(`[data-row="${CSS.escape(this.#alone.id)}"] h2, .empty`);
      else if (before && isHere && this.#hasFocus()) {
        this.#focusSoon(`[data-row="${CSS.escape(before.id)}"] h2 a`);
      }
    }
    if (!isHere) return;
    const state = stateOf(this.#place.query);
    // A person may type while the address changes; only another search replaces what they typed.
    if (state.search !== this.#state.search && state.search !== this.#typed.trim()) {
      this.#typed = state.search;
    }
    this.#state = state;
    this.#paint();
  }

  #openAlone(): void {
    const { id } = this.#place;
    const { details } = this.#kind;
    this.#alone = id ? { id, wasOpen: details.has(id) } : null;
    if (id) details.set(id, true);
  }

  /** Whether the focus is in this tab, or was lost with what a person had pressed. */
  #hasFocus(): boolean {
    const { activeElement } = document;
    return activeElement === document.body || this.#panel.contains(activeElement);
  }

  #focusSoon(selector: string): void {
    // The tab paints in the next frame; its callback was asked for before this one.
    this.#paint();
    requestAnimationFrame(() => {
      // A row that has left the list cannot have the focus again; the search is where to go on.
      const found = this.#panel.querySelector<HTMLElement>(selector) ??
        this.#panel.querySelector<HTMLElement>("[type=search]");
      if (found?.tagName === "H2") found.tabIndex = -1;
      found?.focus({ preventScroll: true });
      // The header covers what is at the upper edge.
      if (this.#alone) scrollTo(0, 0);
      else found?.scrollIntoView({ block: "center" });
    });
  }
}
