/** What a person chose for a list: search, filter, sort and page, as they stand in the address. */
import type { Status } from "./rows.ts";

export const SORTS = ["newest", "title", "company", "ended"] as const;
export type Sort = (typeof SORTS)[number];

export const STATUSES: readonly Status[] = [
  "pending",
  "processing",
  "completed",
  "failed",
  "cancelled",
];

/** Which rows the list has: those that are not archived, the archived ones, or both. */
export const SCOPES = ["current", "archived", "all"] as const;
export type Scope = (typeof SCOPES)[number];

export interface ListState {
  search: string;
  /** Empty for rows of every status. */
  status: Status | "";
  sort: Sort;
  scope: Scope;
  /** From 1. */
  page: number;
}

/** Reads a query; what is missing, or none of the choices, is as in a new list. */
export function stateOf(query: string): ListState {
  const given = new URLSearchParams(query);
  return {
    search: given.get("search") ?? "",
    status: oneOf(STATUSES, given.get("status")) ?? "",
    sort: oneOf(SORTS, given.get("sort")) ?? "newest",
    scope: oneOf(SCOPES, given.get("show")) ?? "current",
    page: Math.max(1, Math.trunc(Number(given.get("page"))) || 1),
  };
}

/** Writes only what differs from a new list, so that the address stays short. */
export function queryOf({ search, status, sort, scope, page }: ListState): string {
  const query = new URLSearchParams();
  if (search) query.set("search", search);
  if (status) query.set("status", status);
  if (sort !== "newest") query.set("sort", sort);
  if (scope !== "current") query.set("show", scope);
  if (page > 1) query.set("page", String(page));
  return query.toString();
}

/** Whether the person looks for some of the rows, and not at all of them. */
export function isNarrowed({ search, status, scope }: ListState): boolean {
  return Boolean(search || status) || scope !== "current";
}

function oneOf<One extends string>(choices: readonly One[], given: string | null): One | undefined {
  return choices.find((choice) => choice === given);
}
