/** The words of PostgREST that live rows use, over a list of rows. */

export type Fields = Record<string, unknown>;

const NO_FILTERS = ["select", "order", "limit"];

/** All rows that meet a query, in its order, or in that of their key. */
export function answer(rows: Iterable<Fields>, query: URLSearchParams, key: string): Fields[] {
  const [by, way] = (query.get("order") ?? key).split(".");
  const sign = way === "desc" ? -1 : 1;
  const filters = [...query].filter(([name]) => !NO_FILTERS.includes(name));
  return [...rows]
    .filter((row) => filters.every(([name, condition]) => isTrue(row, name, condition)))
    .sort((left, right) => sign * compare(left[by], right[by]))
    .map((row) => chosen(row, query.get("select") ?? "*"));
}

function chosen(row: Fields, columns: string): Fields {
  if (columns === "*") return row;
  return Object.fromEntries(
    columns.split(",").map((column) => {
      const [name, cast] = column.split("::");
      return [name, cast === "text" ? String(row[name]) : row[name]];
    }),
  );
}

function isTrue(row: Fields, name: string, condition: string): boolean {
  const [, operator, value] = condition.match(/^(\w+)\.(.*)$/s)!;
  const own = row[name];
  if (operator === "eq") return String(own) === value;
  if (operator === "in") {
    const is = (one: string) => typeof own === "number" ? Number(one) === own : one === String(own);
    return parts(inside(value)).map(unquoted).some(is);
  }
  const byOrder = compare(own, typeof own === "string" ? value : BigInt(value));
  return operator === "gt" ? byOrder > 0 : byOrder >= 0;
}

function inside(list: string): string {
  return list.slice(1, -1);
}

/** Splits at the commas that stand in no quotes. */
function parts(list: string): string[] {
  return list.match(/"(\\.|[^"\\])*"|[^,]+/gs) ?? [];
}

function unquoted(value: string): string {
  return value.startsWith('"') ? inside(value).replace(/\\(.)/gs, "$1") : value;
}

function compare(left: unknown, right: unknown): number {
  const [one, other] = [left as string, right as string]; // numbers compare in the same way
  return one < other ? -1 : Number(one > other);
}
