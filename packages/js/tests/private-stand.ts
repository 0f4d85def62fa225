/** A project that allows only private channels, and its users. */
import { advance } from "./clock.ts";
import { type Row, Stand } from "./stand.ts";
import { readsSince } from "./watching.ts";

export const OWNER = "a11ce000-0000-4000-8000-000000000001";
export const OTHER = "b0b00000-0000-4000-8000-000000000002";

export function topicOf(user: string): string {
  return `realtime:processing:${user}`;
}

export function tokenOf(sub?: string): string {
  const exp = Math.floor(Date.now() / 1000) + 86_400;
  const claims = btoa(JSON.stringify({ sub, role: "authenticated", exp }));
  return `e30.${claims.replaceAll("=", "")}.c2lnbmF0dXJl`;
}

/** Whose `accessToken` answers the token; without the argument the client signs in by Auth. */
export function privateStand(accessToken?: () => Promise<string | null>): Stand {
  const stand = new Stand(accessToken);
  stand.privateOnly = true;
  return stand;
}

/**
 * The public channel is refused, and the pause passes after which live rows follow the owner's topic.
 * The test's clock must be installed.
 */
export async function passRefusal(stand: Stand): Promise<void> {
  await stand.joined();
  const [refused] = stand.joins;
  const isOpen = () => stand.client.getChannels().some(({ topic }) => topic === refused.topic);
  while (isOpen()) await readsSince(stand, 0);
  advance(1_000);
}

/** A row is written, and its owner is told of it. */
export function change(stand: Stand, row: Row, table = "public.jobs"): void {
  stand.write(row);
  stand.tell({ table, rows: [{ id: row.id, status: "completed", stage: null, progress: 100 }] });
}
