/**
 * Rows of one table that stay up to date on screen while a worker changes them. Copy the files
 * `live-*.ts`.
 *
 *     const live = liveRows<Job>(supabase, { table: "jobs" });
 *     live.subscribe(() => render(live.view)); // React: useSyncExternalStore(live.subscribe, …)
 *     live.close();
 *
 * Realtime delivers an event at most once. While a project is over its messages per second, it drops
 * events and tells nobody. So events show changes fast, and slow checks find what events missed:
 * - The rows are read at once, so that there is something to see. They are read again when the
 *   channel is joined, and when the server says that it listens to Postgres, which a server that
 *   does not know `wait` says 1 to 3 s later. Events from before that are lost.
 * - Rows on screen that are not final are read again by their ids every 15 to 28 s. Once a minute
 *   one small read asks which rows are new or changed. Both also happen when the page is shown, gets
 *   the focus or is online again. A hidden page reads nothing after its first snapshot.
 * - A row whose DELETE event was lost is found within a minute if the list has up to 100 rows. The
 *   rows of a longer list are all read every ten minutes.
 * - A read that failed is tried again after 1, 2, 4 … 30 s.
 * - It merges an event into the row and does not replace the row, because a large column (TOAST)
 *   that an UPDATE did not change is missing from the event.
 * - A row that is too large for an event (error 413) is read by its id, and so is a changed row
 *   that is not known yet. Many ids are read with one request.
 * - An event or a read row that is older than the row on screen is dropped. `processing_run`
 *   decides which is older, then the end of the run, then `updated_at`.
 * - A DELETE event has only the primary key, and reaches every subscriber.
 * - A project that allows only private channels refuses the subscription. Then the private topic of
 *   the signed-in user says which rows to read; their pipeline must be attached with
 *   `broadcast => true`. Before somebody is signed in, `link` is `connecting` there.
 *
 * supabase-js sends a refreshed access token to Realtime by itself.
 */
import type { RealtimeChannel, SupabaseClient } from "@supabase/supabase-js";
import { isPrivateOnly, knownTopic, type Told } from "./live-owner-topic.ts";
import { type Change, type LiveRow, newestOf, RowSet } from "./live-row-set.ts";
import { PAGE_ROWS, Table, type TableOptions } from "./live-table.ts";
import { backoff, type LiveTiming, TIMING } from "./live-timing.ts";

export type { LiveTiming };

export interface LiveOptions<Row> extends TableOptions {
  sort?: (left: Row, right: Row) => number;
  /** Whether no worker will change the row; by default as its `processing_status` says. */
  final?: (row: Row) => boolean;
  timing?: Partial<LiveTiming>;
}

export interface LiveView<Row> {
  rows: readonly Row[];
  /** False until the first snapshot has been read. */
  loaded: boolean;
  /**
   * `live`: the rows are up to date and changes arrive. `catching up`: a check found a change that
   * no event had told; the rows are right some seconds late until a check finds nothing.
   */
  link: "connecting" | "live" | "catching up" | "reconnecting";
}

export interface LiveRows<Row> {
  readonly view: LiveView<Row>;
  subscribe(listener: () => void): () => void;
  close(): void;
}

export function liveRows<Row extends LiveRow>(
  client: SupabaseClient,
  options: LiveOptions<Row>,
): LiveRows<Row> {
  return new Subscription<Row>(client, options);
}

function hidden(): boolean {
  return globalThis.document?.visibilityState === "hidden";
}

const LISTENING: LiveView<LiveRow>["link"][] = ["live", "catching up"];

/** A page that was hidden or offline is checked at these events. */
const MOMENTS = ["visibilitychange", "focus", "online"];

/** The ids are part of the address of a request, which must not become too long. */
const IDS_PER_REQUEST = 100;
/** How long to wait for more reasons to read, so that one read serves all of them. */
const GATHER_MS = 50;

/** To read all rows, the wanted ones, those that are not final, and which rows changed. */
const READS = ["all", "wanted", "again", "changed"] as const;
type Read = (typeof READS)[number];
type Due = Record<Read, number>;

class Subscription<Row extends LiveRow> implements LiveRows<Row> {
  readonly #client: SupabaseClient;
  readonly #options: LiveOptions<Row>;
  readonly #timing: LiveTiming;
  readonly #table: Table<Row>;
  readonly #set = new RowSet<Row>();
  readonly #listeners = new Set<() => void>();
  /** Ids of rows that an event told of and that have to be read. */
  readonly #wanted = new Set<string>();
  /** For each check that is not judged yet, the ids of which an event told. */
  readonly #checks = new Set<Set<string>>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #view: LiveView<Row> = { rows: [], loaded: false, link: "connecting" };
  #channel: RealtimeChannel | null = null;
  /** Another object each time that the server begins to tell of changes; null if it does not. */
  #joined: object | null = null;
  #closed = false;
  #newest: string | null = null;
  /** When each read is due. */
  #due: Due = { all: 0, wanted: Infinity, again: 0, changed: Infinity };
  /** Whether all rows have to be read for another reason than a check. */
  #told = true;
  #reading = false;
  #failedReads = 0;
  #closings = 0;
  #notBefore = 0;
  #next: ReturnType<typeof setTimeout> | undefined;

  constructor(client: SupabaseClient, options: LiveOptions<Row>) {
    this.#client = client;
    this.#options = options;
    this.#timing = { ...TIMING, ...options.timing };
    this.#table = new Table(client, options);
    this.#due.again = Date.now() + this.#pause();
    this.#join();
    this.#plan();
    for (const moment of MOMENTS) globalThis.addEventListener?.(moment, this.#checkSoon);
  }

  get view(): LiveView<Row> {
    return this.#view;
  }

  readonly subscribe = (listener: () => void): () => void => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  close(): void {
    this.#closed = true;
    clearTimeout(this.#next);
    this.#timers.forEach(clearTimeout);
    this.#listeners.clear();
    for (const moment of MOMENTS) globalThis.removeEventListener?.(moment, this.#checkSoon);
    if (this.#channel) void this.#client.removeChannel(this.#channel);
    knownTopic(this.#client)?.delete(this.#topicListener);
  }

  #join(): void {
    this.#channel = null;
    const ownerTopic = knownTopic(this.#client);
    if (ownerTopic) return ownerTopic.add(this.#topicListener);
    const { schema = "public", table, filter } = this.#options;
    const topic = `live:${table}:${crypto.randomUUID()}`;
    // With `wait`, SUBSCRIBED means that changes arrive, and not only that the channel is open.
    const config = { postgres_changes_options: { wait: true } };
    this.#channel = this.#client
      .channel(topic, { config })
      .on(
        "postgres_changes",
        { event: "*", schema, table, ...(filter ? { filter } : {}) },
        (change) => this.#take(change),
      )
      .on("system", {}, ({ extension, status }) => {
        if (extension === "postgres_changes" && status === "ok") this.#listening();
      })
      .subscribe((status, error) => this.#linkChanged(status, error));
  }

  #linkChanged(status: string, error?: Error): void {
    if (this.#closed) return;
    // The channel of a refused subscription is CLOSED then, and the owner's topic is joined.
    if (isPrivateOnly(this.#client, error)) void this.#client.removeChannel(this.#channel!);
    if (status === "SUBSCRIBED") return this.#listening();
    this.#joined = null;
    this.#publish(this.#view.link === "connecting" ? "connecting" : "reconnecting");
    // After an error supabase-js joins again by itself. After CLOSED (the token has expired, or
    // the server closed the channel) it does not, so join again here.
    if (status === "CLOSED") this.#after(backoff(this.#closings++), () => this.#join());
  }

  /** The server tells of changes from now on; those from before have to be read. */
  #listening(): void {
    this.#joined = {};
    this.#notBefore = 0;
    this.#wantAll();
  }

  #take(change: Change): void {
    const { id } = (change.eventType === "DELETE" ? change.old : change.new) as Partial<Row>;
    if (id) this.#heard(id);
    const unknown = this.#set.apply(change, this.#reading);
    if (unknown === null) this.#publish();
    else this.#want(unknown);
  }

  readonly #topicListener = {
    linkChanged: (status: string) => this.#linkChanged(status),
    told: ({ table, rows }: Told) => {
      const { schema = "public", table: own } = this.#options;
      if (table.replaceAll('"', "") !== `${schema}.${own}`) return;
      if (rows === null) return this.#wantAll();
      for (const { id } of rows) {
        this.#heard(id);
        this.#want(id);
      }
    },
  };

  #heard(id: string): void {
    for (const told of this.#checks) told.add(id);
  }

  #want(id: string): void {
    this.#wanted.add(id);
    this.#hasten("wanted");
  }

  #wantAll(): void {
    this.#told = true;
    this.#checks.clear(); // what they found may be what was told
    this.#hasten("all");
  }

  /** A page that was hidden or offline is checked. */
  readonly #checkSoon = (): void => {
    this.#notBefore = 0;
    this.#hasten("again", "changed");
  };

  #hasten(...reads: Read[]): void {
    for (const read of reads) {
      this.#due[read] = Math.min(this.#due[read], Date.now() + GATHER_MS);
    }
    this.#plan();
  }

  #plan(): void {
    clearTimeout(this.#next);
    if (this.#closed || this.#reading) return;
    const at = Math.max(this.#notBefore, Math.min(...Object.values(this.#due)));
    this.#next = setTimeout(() => this.#read().catch(console.error), Math.max(0, at - Date.now()));
  }

  /**
   * Reads what is due, and plans the next read. Only one read is under way at a time, so that no
   * answer is given up for a later one, however fast events come.
   */
  async #read(): Promise<void> {
    // What is due stays due on a hidden page; the next of MOMENTS goes on with it.
    if (hidden() && this.#view.loaded) return;
    let done = false;
    this.#reading = true;
    try {
      done = await this.#readDue();
    } finally {
      // Also if a listener threw: the page must not stop reading for that.
      this.#reading = false;
      if (done) this.#failedReads = 0;
      else this.#notBefore = Date.now() + backoff(this.#failedReads++);
      this.#plan();
    }
  }

  async #readDue(): Promise<boolean> {
    const now = Date.now();
    const before = { ...this.#due };
    const wanted = [...this.#wanted];
    const [told, newest] = [this.#told, this.#newest];
    // Reset before the read: an event that comes while it is under way asks for one more.
    this.#wanted.clear();
    this.#told = false;
    this.#due.wanted = Infinity;
    if (before.again <= now) {
      this.#due.again = now + this.#pause();
      knownTopic(this.#client)?.follow();
    }
    if (before.changed <= now) this.#due.changed = now + this.#timing.changedMs;
    const heard = new Set(wanted);
    const isCheck = !told && Math.min(before.all, before.again, before.changed) <= now;
    if (isCheck) this.#checks.add(heard);
    const news = await this.#look(wanted, before, now);
    if (this.#closed) return true;
    if (news === null) {
      // The next try must read the same, and find the same changes.
      this.#checks.delete(heard);
      this.#told ||= told;
      this.#newest = newest;
      for (const id of wanted) this.#wanted.add(id);
      for (const read of READS) this.#due[read] = Math.min(this.#due[read], before[read]);
      return false;
    }
    this.#publish();
    if (isCheck) this.#judge(news, heard);
    return true;
  }

  /** Returns the ids of rows that were found deleted, new or newer; null if a read failed. */
  async #look(wanted: string[], due: Due, now: number): Promise<string[] | null> {
    if (due.all <= now) return this.#readAll();
    const changed = due.changed <= now ? await this.#changed() : [];
    if (changed === null) return null;
    if (changed === "many") return this.#readAll();
    const open = due.again <= now ? this.#set.ids((row) => !this.#isFinal(row)) : [];
    return this.#readSome([...new Set([...wanted, ...open, ...changed])]);
  }

  async #readAll(): Promise<string[] | null> {
    const now = Date.now();
    const joined = this.#joined;
    this.#due.all = now + this.#timing.wholeMs;
    this.#due.changed = now + this.#timing.changedMs;
    // Only rows known before the read can be found deleted by it. Rows that events add later may
    // be missing from the answer because they are newer.
    const before = this.#set.ids();
    const rows = await this.#table.all();
    if (rows === null || this.#closed) return null;
    this.#newest = newestOf(rows);
    const { link } = this.#view;
    const live = joined && joined === this.#joined && !LISTENING.includes(link);
    this.#view = { ...this.#view, loaded: true, link: live ? "live" : link };
    return this.#set.accept(before, rows);
  }

  async #readSome(ids: string[]): Promise<string[] | null> {
    const news: string[] = [];
    for (let start = 0; start < ids.length; start += IDS_PER_REQUEST) {
      const some = ids.slice(start, start + IDS_PER_REQUEST);
      const rows = await this.#table.some(some);
      if (rows === null || this.#closed) return null;
      news.push(...this.#set.accept(some, rows));
    }
    return news;
  }

  /** The ids of rows that are new or changed; `many` if all rows must be read, null if it failed. */
  async #changed(): Promise<string[] | "many" | null> {
    if (!this.#newest) return "many";
    const known = this.#set.ids();
    // One answer holds so few rows all, which also shows the deleted ones.
    const few = known.length <= IDS_PER_REQUEST;
    const since = new Date(Date.parse(this.#newest) - this.#timing.commitMs).toISOString();
    const rows = await this.#table.times(few ? null : since);
    if (rows === null) return null;
    if (rows.length === PAGE_ROWS) return "many";
    this.#newest = newestOf(rows) ?? this.#newest;
    const found = new Set(rows.map(({ id }) => id));
    const gone = few ? known.filter((id) => !found.has(id)) : [];
    return [...rows.filter((row) => this.#set.lacks(row)).map(({ id }) => id), ...gone];
  }

  /** Says `catching up` if no event tells of one of these rows until a while later, else `live`. */
  #judge(news: string[], heard: Set<string>): void {
    const isMissed = () => news.some((id) => !heard.has(id));
    this.#after(isMissed() ? this.#timing.lateMs : 0, () => {
      // A channel that was joined meanwhile may have told of them in another way.
      if (!this.#checks.delete(heard) || !LISTENING.includes(this.#view.link)) return;
      this.#closings = 0;
      if (isMissed()) this.#due.changed = Math.min(this.#due.changed, this.#due.again);
      const link = isMissed() ? "catching up" : "live";
      if (link !== this.#view.link) this.#publish(link);
    });
  }

  #isFinal(row: Row): boolean {
    if (this.#options.final) return this.#options.final(row);
    return row.processing_status !== "pending" && row.processing_status !== "processing";
  }

  #pause(): number {
    const { againMinMs, againMaxMs } = this.#timing;
    return againMinMs + Math.random() * (againMaxMs - againMinMs);
  }

  #after(delay: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, delay);
    this.#timers.add(timer);
  }

  #publish(link: LiveView<Row>["link"] = this.#view.link): void {
    this.#view = { ...this.#view, link, rows: this.#set.sorted(this.#options.sort) };
    for (const listener of this.#listeners) listener();
  }
}
