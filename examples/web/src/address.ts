/** The place that a person is at, as the part of the page's address after `#`. */

export interface Place {
  tab: string;
  /** The row that is shown alone; empty while the tab shows its list. */
  id: string;
  /** Search, filter, sort and page of the list, as `list-state.ts` writes them; of a row, its part. */
  query: string;
}

/** `#positions?status=failed` or `#positions/<id>`; null if the address names none of the tabs. */
export function placeOf(hash: string, tabs: readonly string[]): Place | null {
  const [, tab, id = "", query = ""] = /^#([a-z]+)(?:\/([^?]*))?(?:\?(.*))?$/.exec(hash) ?? [];
  return tab && tabs.includes(tab) ? { tab, id: decoded(id), query } : null;
}

export function addressOf({ tab, id, query }: Place): string {
  return `#${tab}${id && `/${encodeURIComponent(id)}`}${query && `?${query}`}`;
}

/** The address of one row, or of a part of it that the query names. */
export function rowAddress(tab: string, id: string, query = ""): string {
  return addressOf({ tab, id, query });
}

/** A person can type anything into an address. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
