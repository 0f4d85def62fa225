/** Primary keys of any name and type. Inside, a row's key is one text, the same for 7 and "7". */
import type { Select } from "./live-table.ts";

/** A key as a caller names it; of a table with several key columns, their values in order. */
export type KeyValue = string | number | bigint | readonly (string | number | bigint)[];

export class Key {
  readonly columns: readonly string[];

  constructor(columns: string | readonly string[] = "id") {
    this.columns = typeof columns === "string" ? [columns] : columns;
  }

  /** The key of a row or of a part of one; null if a column is missing. */
  of(record: object): string | null {
    const values = this.columns.map((column) => (record as Record<string, unknown>)[column]);
    if (values.some((value) => value === null || value === undefined)) return null;
    return this.text(values as string[]);
  }

  text(key: KeyValue): string {
    const values = [key].flat().map(String);
    return values.length > 1 ? JSON.stringify(values) : values[0];
  }

  order(query: Select): Select {
    return this.columns.reduce((ordered, column) => ordered.order(column), query);
  }

  /** Rows that come after this key, in the order of the key. */
  after(query: Select, key: string): Select {
    if (this.columns.length === 1) return query.filter(this.columns[0], "gt", key);
    const values = this.#values(key);
    const conditions = values.map((value, at) => {
      const equal = this.#equal(values.slice(0, at));
      return `and(${[...equal, `${this.columns[at]}.gt.${quoted(value)}`]})`;
    });
    return query.or(conditions.join());
  }

  among(query: Select, keys: readonly string[]): Select {
    if (this.columns.length === 1) {
      return query.filter(this.columns[0], "in", `(${keys.map(quoted)})`);
    }
    return query.or(keys.map((key) => `and(${this.#equal(this.#values(key))})`).join());
  }

  #values(key: string): string[] {
    return this.columns.length > 1 ? JSON.parse(key) : [key];
  }

  #equal(values: string[]): string[] {
    return values.map((value, at) => `${this.columns[at]}.eq.${quoted(value)}`);
  }
}

/** PostgREST reads commas, dots, parentheses and quotes as its own unless they stand in quotes. */
function quoted(value: string): string {
  return /^[\w-]+$/.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;
}
