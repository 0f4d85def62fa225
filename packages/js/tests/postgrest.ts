/** The words of PostgREST that live rows use, over a list of rows. */

export type Fields = Record<string, unknown>;

const NO_FILTERS = ["select", "order", "limit"];

/** The answer to a query; rows without an order come in that of their key. */
export function answer(rows: Iterable<Fields>, query: URLSearchParams, key: string[]): Fields[] {
  const filters = [...query].filter(([name]) => !NO_FILTERS.includes(name));
  const order = query.get("order")?.split(",").map((part) => part.replace(/\.asc$/, "")) ?? key;
  return [...rows]
    .filter((row) => filters.every(([name, condition]) => isTrue(row, name, condition)))
    .sort((left, right) => compareBy(order, left, right))
    .slice(0, Number(query.get("limit") ?? 1000))
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
  if (name === "or") return parts(inside(condition)).some((part) => isTrueTerm(row, part));
  const [, operator, value] = condition.match(/^(\w+)\.(.*)$/s)!;
  const own = row[name];
  if (operator === "in") return parts(inside(value)).map(unquoted).includes(String(own));
  const byOrder = compare(own, typeof own === "string" ? value : BigInt(value));
  return { eq: byOrder === 0, gt: byOrder > 0, gte: byOrder >= 0 }[operator]!;
}

/** `and(a.eq.1,b.gt.2)` or `a.eq.1`. */
function isTrueTerm(row: Fields, term: string): boolean {
  if (term.startsWith("and(")) {
    return parts(inside(term.slice(3))).every((part) => isTrueTerm(row, part));
  }
  const [, name, operator, value] = term.match(/^(\w+)\.(\w+)\.(.*)$/s)!;
  return isTrue(row, name, `${operator}.${unquoted(value)}`); // only within a list are there quotes
}

function inside(list: string): string {
  return list.slice(1, -1);
}

/** Splits at the commas that stand in no parentheses and no quotes. */
function parts(list: string): string[] {
  const found = [""];
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < list.length; at++) {
    const sign = list[at];
    if (sign === "\\") {
      found[found.length - 1] += sign + list[++at];
      continue;
    }
    if (sign === '"') isQuoted = !isQuoted;
    if (!isQuoted) depth += Number(sign === "(") - Number(sign === ")");
    if (sign === "," && depth === 0 && !isQuoted) found.push("");
    else found[found.length - 1] += sign;
  }
  return found;
}

function unquoted(value: string): string {
  return value.startsWith('"') ? inside(value).replace(/\\(.)/gs, "$1") : value;
}

function compareBy(columns: string[], left: Fields, right: Fields): number {
  for (const column of columns) {
    const byColumn = compare(left[column], right[column]);
    if (byColumn) return byColumn;
  }
  return 0;
}

function compare(left: unknown, right: unknown): number {
  const [one, other] = [left as string, right as string]; // numbers compare in the same way
  return one < other ? -1 : Number(one > other);
}
