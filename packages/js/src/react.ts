/**
 * Hooks for React 18 and 19 over `liveRows`.
 *
 *     const { rows, loaded, link } = useRows<Job>(supabase, { table: "jobs" });
 *     const { row, retry } = useRow<Job>(supabase, { table: "jobs" }, id);
 *     const { status, stage, percent, error } = useProgress(row);
 *
 * Components that ask for the same rows share one subscription, which is closed when the last of
 * them is unmounted. Options are compared by value; of functions among them, those of the component
 * that came first hold, except `sort`. On a server nothing is read: there the hooks answer what they
 * answer before the first read, and a browser goes on from that.
 */
import { useCallback, useMemo, useSyncExternalStore } from "react";
import type { KeyValue } from "./live-key.ts";
import type { Client, ClientOf, RowOf, TableName } from "./live-types.ts";
import {
  type LiveActions,
  type LiveOptions,
  type LiveView,
  NOTHING,
  updated,
} from "./live-view.ts";
import { timerMs } from "./live-timing.ts";
import { dueIn, type Progress, progressOf, type ProgressRow } from "./progress.ts";
import { nameOf, type SharedRows, sharedRows } from "./shared-rows.ts";

export type { LiveOptions, LiveView } from "./live-view.ts";
export type { Progress, ProgressRow, Waiting } from "./progress.ts";

/** Each takes the key of a row, and rejects if it was refused; see `LiveRows`. */
export type RowsActions = LiveActions;

/** As `RowsActions`, of the row itself. */
export interface RowActions {
  readonly retry: (options?: { fresh?: boolean }) => Promise<void>;
  readonly cancel: () => Promise<void>;
  readonly resetToAutomatic: (columns?: readonly string[]) => Promise<void>;
}

export interface RowView<Row> {
  /** Null until it is read, and if there is no such row or the user may not see it. */
  readonly row: Row | null;
  readonly loaded: boolean;
  readonly problem: LiveView<Row>["problem"];
  readonly link: LiveView<Row>["link"];
}

type TypedOptions<Database, Schema extends string, Table> =
  & LiveOptions<RowOf<Database, Schema, Table & string>>
  & { table: Table; schema?: Schema };

/**
 * The rows of a table, live. With null as the options nothing is read.
 *
 * Declare `sort` outside of the component: an inline function sorts the rows at each render.
 */
export function useRows<
  Database,
  Table extends TableName<Database, Schema>,
  Schema extends string = "public",
>(
  client: ClientOf<Database>,
  options: TypedOptions<Database, Schema, Table> | null,
): LiveView<RowOf<Database, Schema, Table>> & RowsActions;
/** Rows of this type, whatever the client's types say. */
export function useRows<Row extends object>(
  client: Client,
  options: LiveOptions<Row> | null,
): LiveView<Row> & RowsActions;
export function useRows<Row extends object>(
  client: Client,
  options: LiveOptions<Row> | null,
): LiveView<Row> & RowsActions {
  const name = options && nameOf(options);
  const { shared, actions } = useMemo(() => {
    const shared: SharedRows<Row> = options ? sharedRows(client, options) : CLOSED;
    return { shared, actions: actionsOf(shared) };
  }, [client, name]);
  const view = useSyncExternalStore(shared.subscribe, shared.view, nothing);
  const sort = options?.sort;
  return useMemo(() => {
    const isSorted = !sort || shared.open()?.sort === sort;
    return { ...view, rows: isSorted ? view.rows : [...view.rows].sort(sort), ...actions };
  }, [view, sort, actions]);
}

/**
 * One row, live. If a list with the same options is open, its subscription is used; else this row
 * alone is read. Without a key nothing is read.
 */
export function useRow<
  Database,
  Table extends TableName<Database, Schema>,
  Schema extends string = "public",
>(
  client: ClientOf<Database>,
  options: TypedOptions<Database, Schema, Table>,
  key: KeyValue | null | undefined,
): RowView<RowOf<Database, Schema, Table>> & RowActions;
/** A row of this type, whatever the client's types say. */
export function useRow<Row extends object>(
  client: Client,
  options: LiveOptions<Row>,
  key: KeyValue | null | undefined,
): RowView<Row> & RowActions;
export function useRow<Row extends object>(
  client: Client,
  options: LiveOptions<Row>,
  key: KeyValue | null | undefined,
): RowView<Row> & RowActions {
  const name = nameOf({ options, key: isKey(key) ? String(key) : null });
  const { shared, view, actions } = useMemo(() => {
    const shared: SharedRows<Row> = isKey(key) ? listOrRow(client, options, key) : CLOSED;
    return { shared, view: viewOf(shared, key), actions: rowActionsOf(shared, key) };
  }, [client, name]);
  const shown = useSyncExternalStore(shared.subscribe, view, noRow);
  return useMemo(() => ({ ...shown, ...actions }), [shown, actions]);
}

/** The state of a row as a page shows it; it changes too when the time comes for which it waits. */
export function useProgress(row: ProgressRow | null | undefined): Progress {
  const notBefore = row?.processing_not_before;
  const subscribe = useCallback((listener: () => void) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = () => {
      const left = dueIn(notBefore);
      if (left <= 0) return listener();
      timer = setTimeout(wait, timerMs(left + 20)); // timers may be a little early
    };
    wait();
    return () => clearTimeout(timer);
  }, [notBefore]);
  const isDue = useSyncExternalStore(
    subscribe,
    () => dueIn(notBefore) <= 0,
    () => !notBefore, // the clocks of a server and a browser differ
  );
  return useMemo(() => progressOf(row, isDue), [row, isDue]);
}

const nothing = () => NOTHING;
// deno-lint-ignore no-explicit-any
const CLOSED: SharedRows<any> = {
  open: () => undefined,
  view: nothing,
  subscribe: () => () => {},
};
const NO_ROW: RowView<never> = { row: null, loaded: false, problem: null, link: "connecting" };
const noRow = () => NO_ROW;

function isKey(key: KeyValue | null | undefined): key is KeyValue {
  return key !== null && key !== undefined;
}

/** The rows of an open list, or else this row alone; it stays with either while it is used. */
function listOrRow<Row extends object>(
  client: Client,
  options: LiveOptions<Row>,
  key: KeyValue,
): SharedRows<Row> {
  const list = sharedRows(client, options);
  const alone = sharedRows(client, { ...options, row: String(key) });
  let used: SharedRows<Row> | null = null;
  const now = () => used ?? (list.open() ? list : alone);
  return {
    open: () => now().open(),
    view: () => now().view(),
    subscribe(listener) {
      used = now();
      const leave = used.subscribe(listener);
      return () => {
        used = null;
        leave();
      };
    },
  };
}

/** What `useSyncExternalStore` asks again and again: the same object until something changes. */
function viewOf<Row>(shared: SharedRows<Row>, key: KeyValue | null | undefined) {
  let last: RowView<Row> = NO_ROW;
  return (): RowView<Row> => {
    const { loaded, complete, problem, link } = shared.view();
    const row = (isKey(key) && shared.open()?.live.get(key)) || null;
    // A row of a list may be among those that are read later.
    const isLoaded = complete || (loaded && row !== null);
    return last = updated(last, { row, loaded: isLoaded, problem, link });
  };
}

function actionsOf<Row>(shared: SharedRows<Row>): RowsActions {
  const act =
    <Name extends keyof LiveActions>(name: Name) =>
    async (...given: Parameters<LiveActions[Name]>): Promise<void> => {
      const open = shared.open();
      if (!open) throw new Error("These rows are not mounted.");
      await (open.live[name] as (...given: unknown[]) => Promise<void>)(...given);
    };
  return { retry: act("retry"), cancel: act("cancel"), resetToAutomatic: act("resetToAutomatic") };
}

function rowActionsOf<Row>(shared: SharedRows<Row>, key: KeyValue | null | undefined): RowActions {
  const { retry, cancel, resetToAutomatic } = actionsOf(shared);
  return {
    retry: (options) => retry(key!, options),
    cancel: () => cancel(key!),
    resetToAutomatic: (columns) => resetToAutomatic(key!, columns),
  };
}
