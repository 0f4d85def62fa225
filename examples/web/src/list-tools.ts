/** The line above a list: search, filters, sort, and the box that selects all. */
import { html, nothing } from "lit-html";
import type { Content } from "./dom.ts";
import type { ListPage } from "./list-rows.ts";
import { type ListState, type Scope, SCOPES, type Sort, SORTS, STATUSES } from "./list-state.ts";
import type { ListKind } from "./list-view.ts";
import type { Status } from "./rows.ts";

export const SENTENCES = {
  search: (searched: string) => `Search ${searched}`,
  status: "Status",
  anyStatus: "Any status",
  statuses: {
    pending: "Waiting",
    processing: "Working",
    completed: "Done",
    failed: "Failed",
    cancelled: "Cancelled",
  } satisfies Record<Status, string>,
  sort: "Order",
  sorts: {
    newest: "Newest first",
    title: "By title",
    company: "By company",
    ended: "Last finished first",
  } satisfies Record<Sort, string>,
  scope: "Archive",
  scopes: {
    current: "Without archived",
    archived: "Only archived",
    all: "With archived",
  } satisfies Record<Scope, string>,
  found: (count: number, one: string, many: string) =>
    `${count.toLocaleString()} ${count === 1 ? one : many}`,
  selectAll: (count: number) => `Select all ${count.toLocaleString()}`,
  selected: (count: number) => `${count.toLocaleString()} selected`,
  pages: "Pages",
  earlier: "Previous",
  later: "Next",
  pageOf: (page: number, pages: number) => `Page ${page} of ${pages.toLocaleString()}`,
};

export interface ToolState {
  typed: string;
  /** How many rows are selected. */
  chosen: number;
  /** `isReady`: the person has finished typing. */
  type(text: string, isReady: boolean): void;
  change(change: Partial<ListState>): void;
  chooseAll(all: boolean): void;
}

export function listTools<Row>(
  kind: ListKind<Row>,
  state: ListState,
  page: ListPage<Row>,
  tools: ToolState,
): Content {
  return html`
    <div class="tools" role="search">
      ${searchField(SENTENCES.search(kind.searched), tools)}
      ${choice(
        SENTENCES.status,
        state.status,
        [
          ["", SENTENCES.anyStatus],
          ...STATUSES.map((status) =>
            [status, `${SENTENCES.statuses[status]} (${page.counts[status]})`] as const
          ),
        ],
        (status) => tools.change({ status }),
      )} ${choice(
        SENTENCES.sort,
        state.sort,
        SORTS.filter((sort) => sort !== "company" || kind.company)
          .map((sort) => [sort, SENTENCES.sorts[sort]] as const),
        (sort) => tools.change({ sort }),
      )} ${kind.archived
        ? choice(
          SENTENCES.scope,
          state.scope,
          SCOPES.map((scope) => [scope, SENTENCES.scopes[scope]] as const),
          (scope) => tools.change({ scope }),
        )
        : nothing}
    </div>
    ${selection(kind, page, tools)}
  `;
}

function searchField(label: string, { typed, type }: ToolState): Content {
  const field = (event: Event) => (event.currentTarget as HTMLInputElement).value;
  return html`
    <input
      type="search"
      aria-label="${label}"
      placeholder="${label}"
      .value="${typed}"
      @input="${(event: Event) => type(field(event), false)}"
      @change="${(event: Event) => type(field(event), true)}"
    />
  `;
}

function choice<Value extends string>(
  label: string,
  chosen: Value,
  choices: readonly (readonly [Value, string])[],
  choose: (value: Value) => void,
): Content {
  const changed = (event: Event) =>
    choose((event.currentTarget as HTMLSelectElement).value as Value);
  return html`
    <select aria-label="${label}" @change="${changed}">
      ${choices.map(([value, words]) =>
        html`
          <option value="${value}" .selected="${value === chosen}">${words}</option>
        `
      )}
    </select>
  `;
}

function selection<Row>(
  { one, many }: ListKind<Row>,
  { matching }: ListPage<Row>,
  { chosen, chooseAll }: ToolState,
): Content {
  const count = matching.length;
  if (!count) return nothing;
  const all = (event: Event) => chooseAll((event.currentTarget as HTMLInputElement).checked);
  return html`
    <div class="selection">
      <label class="choice"><input
          type="checkbox"
          .checked="${chosen === count}"
          .indeterminate="${chosen > 0 && chosen < count}"
          @change="${all}"
        /> ${SENTENCES.selectAll(count)}</label>
      <span role="status">${chosen
        ? SENTENCES.selected(chosen)
        : SENTENCES.found(count, one, many)}</span>
    </div>
  `;
}
