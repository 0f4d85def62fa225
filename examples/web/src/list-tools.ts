/** The line above a list: search, filters, sort, and the box that selects all. */
import { html, nothing } from "lit-html";
import type { Content } from "./dom.ts";
import { many, number, t } from "./language.ts";
import type { ListPage } from "./list-rows.ts";
import { type ListState, SCOPES, SORTS, STATUSES } from "./list-state.ts";
import type { ListKind } from "./list-view.ts";

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
      ${searchField(t(`list.search.${kind.subject}`), tools)}
      ${choice(
        t("list.status"),
        state.status,
        [
          ["", t("list.anyStatus")],
          ...STATUSES.map((status) =>
            [status, `${t(`status.${status}`)} (${number(page.counts[status])})`] as const
          ),
        ],
        (status) => tools.change({ status }),
      )} ${choice(
        t("list.order"),
        state.sort,
        SORTS.filter((sort) => sort !== "company" || kind.company)
          .map((sort) => [sort, t(`list.sort.${sort}`)] as const),
        (sort) => tools.change({ sort }),
      )} ${kind.archived
        ? choice(
          t("list.archive"),
          state.scope,
          SCOPES.map((scope) => [scope, t(`list.scope.${scope}`)] as const),
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
  { counted }: ListKind<Row>,
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
        /> ${t("list.selectAll", { count })}</label>
      <span role="status">${chosen
        ? t("list.selected", { count: chosen })
        : many(counted, count)}</span>
    </div>
  `;
}
