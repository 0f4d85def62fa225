/**
 * Rows of one table that stay up to date on screen while a worker changes them.
 *
 *     const live = liveRows<Job>(supabase, { table: "jobs" });
 *     live.subscribe(() => render(live.view)); // React: useSyncExternalStore(live.subscribe, …)
 *     live.close();
 *
 * Realtime delivers an event at most once. While a project is over its messages per second, it drops
 * events and tells nobody. So events show changes fast, and slow checks find what events missed:
 * - The rows are read at once, and those of a long list shown before all are read. When the channel
 *   is joined, and when the server says that it listens to Postgres, which a server that does not know
 *   `wait` says 1 to 3 s later, keys and times are read, and the rows that changed. Events from before
 *   that are lost.
 * - Rows on screen that are not final are read again by their keys every 15 to 28 s. Once a minute
 *   one small read asks which rows are new or changed. Both also happen when the page is shown, gets
 *   the focus or is online again. A hidden page reads nothing after its first snapshot.
 * - A row whose DELETE event was lost is found within a minute if the list has up to 100 rows. The
 *   rows of a longer list are all read every ten minutes.
 * - A table without `updated_at` cannot say which rows changed. Up to 1,000 rows are then all read
 *   once a minute, and more every ten minutes.
 * - A read that failed is tried again after 1, 2, 4 … 30 s. If that cannot help, `problem` says why.
 * - Where nothing could be subscribed for 20 s although reads are answered, WebSockets are blocked:
 *   `link` is `polling`, and new and changed rows are asked for every 15 to 28 s.
 * - It merges an event into the row and does not replace the row, because a large column (TOAST)
 *   that an UPDATE did not change is missing from the event.
 * - A row that is too large for an event (error 413) is read by its key, and so is a changed row
 *   that is not known yet. Many keys are read with one request.
 * - An event or a read row that is older than the row on screen is dropped. `processing_run`
 *   decides which is older, then the end of the run, then `updated_at`.
 * - A DELETE event has only the primary key, and reaches every subscriber.
 * - No event tells that a row has left `filter`; the checks find it.
 * - A project that allows only private channels refuses the subscription. Then the private topic of
 *   the signed-in user says which rows to read, as with `via: "broadcast"`. Before somebody is
 *   signed in, `link` is `connecting` there.
 *
 * supabase-js sends a refreshed access token to Realtime by itself. When another user signs in, close
 * these rows and open others: those of the user before would stay until a check misses them.
 */
import { subscription } from "./live-subscription.ts";
import type { Client, ClientOf, RowOf, TableName } from "./live-types.ts";
import type { LiveOptions, LiveRows } from "./live-view.ts";

/** Live rows of a table; the client's types, if it has any, say what a row is. */
export function liveRows<
  Database,
  Table extends TableName<Database, Schema>,
  Schema extends string = "public",
>(
  client: ClientOf<Database>,
  options: LiveOptions<RowOf<Database, Schema, Table>> & { table: Table; schema?: Schema },
): LiveRows<RowOf<Database, Schema, Table>>;
/** Live rows of a table whose rows are of the named type, whatever the client's types say. */
export function liveRows<Row extends object = never>(
  client: Client,
  options: [Row] extends [never] ? never : LiveOptions<Row>,
): LiveRows<Row>;
export function liveRows<Row extends object>(
  client: Client,
  options: LiveOptions<Row>,
): LiveRows<Row> {
  return subscription(client, options);
}
