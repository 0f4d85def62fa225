/** Live rows: what is read when, and what events and answers make of the view. */
import { type Action, type Call, edgeFunction, isOpen, patchOf } from "./live-actions.ts";
import { keyOf, type KeyValue } from "./live-key.ts";
import { Link } from "./live-link.ts";
import { type LiveMoments, pageMoments } from "./live-moments.ts";
import { Reader } from "./live-reader.ts";
import { type Change, RowSet } from "./live-row-set.ts";
import { backoff, type LiveTiming, TIMING } from "./live-timing.ts";
import type { Client } from "./live-types.ts";
import type { LiveOptions, LiveRows, LiveView } from "./live-view.ts";

const LISTENING: LiveView<object>["link"][] = ["live", "catching up"];

/** How long to wait for more reasons to read, so that one read serves all of them. */
const GATHER_MS = 50;

/** To read all rows, the wanted ones, those that are not final, and which rows changed. */
type Read = "all" | "wanted" | "again" | "changed";
type Due = Record<Read, number>;

/** See `liveRows`. */
export class Subscription<Row extends object> implements LiveRows<Row> {
  readonly #options: LiveOptions<Row>;
  readonly #timing: LiveTiming;
  readonly #moments: LiveMoments;
  readonly #call: Call;
  readonly #key: string;
  readonly #set: RowSet<Row>;
  readonly #reader: Reader<Row>;
  readonly #listeners = new Set<() => void>();
  /** Keys of rows that an event told of and that have to be read. */
  readonly #wanted = new Set<string>();
  /** For each check that is not judged yet, the keys of which an event told. */
  readonly #checks = new Set<Set<string>>();
  readonly #link: Link;
  readonly #unlisten: () => void;
  #view: LiveView<Row> = { rows: [], loaded: false, link: "connecting" };
  /** Whether the listeners have to be told of another thing than rows. */
  #toTell = false;
  /** Another object each time that the server begins to tell of changes; null if it does not. */
  #joined: object | null = null;
  /** Since when it does not. */
  #downAt = Date.now();
  #closed = false;
  /** When each read is due. */
  #due: Due = { all: 0, wanted: Infinity, again: 0, changed: Infinity };
  /** Whether all rows have to be read for another reason than a check. */
  #told = true;
  #reading = false;
  #failedReads = 0;
  #notBefore = 0;
  #next: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client, options: LiveOptions<Row>) {
    this.#options = options;
    this.#timing = { ...TIMING, ...options.timing };
    this.#moments = options.moments ?? pageMoments;
    this.#call = options.call ?? edgeFunction(client);
    this.#key = options.key ?? "id";
    this.#set = new RowSet(this.#key, options.sort, options.updatedAt);
    this.#reader = new Reader(client, options, this.#timing.commitMs, this.#set);
    this.#due.again = Date.now() + this.#pause();
    this.#link = new Link(client, options, {
      up: () => this.#up(),
      down: () => this.#down(),
      changed: (change) => this.#take(change),
      told: (keys) => this.#tell(keys),
    });
    this.#plan();
    this.#unlisten = this.#moments.listen(() => this.#checkSoon());
  }

  get view(): LiveView<Row> {
    const rows = this.#set.sorted();
    if (rows !== this.#view.rows) this.#view = { ...this.#view, rows };
    return this.#view;
  }

  readonly subscribe = (listener: () => void): () => void => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly get = (key: KeyValue): Row | undefined => this.#set.get(String(key));

  readonly retry = (key: KeyValue, { fresh }: { fresh?: boolean } = {}): Promise<void> =>
    this.#act({ verb: "retry", fresh }, key);

  readonly cancel = (key: KeyValue): Promise<void> => this.#act({ verb: "cancel" }, key);

  readonly resetToAutomatic = (key: KeyValue, columns?: readonly string[]): Promise<void> =>
    this.#act({ verb: "reset", columns }, key);

  readonly close = (): void => {
    this.#closed = this.#reader.closed = true;
    clearTimeout(this.#next);
    this.#checks.clear(); // none is judged any more
    this.#listeners.clear();
    this.#unlisten();
    this.#link.close();
  };

  async #act(what: Pick<Action, "verb" | "fresh" | "columns">, value: KeyValue): Promise<void> {
    const { schema = "public", table } = this.#options;
    const key = String(value);
    const action: Action = { ...what, schema, table, key };
    const stored = this.#set.stored(key);
    const patch = stored ? patchOf(action, this.#set.get(key)!, stored) : null;
    if (patch) this.#set.patch(key, patch);
    this.#publish();
    try {
      const answer = await this.#call(action);
      if (this.#closed) return;
      // The answer has all columns; where the caller chose some, the row is read as they chose.
      const known = !this.#options.columns && this.#merge(key, answer);
      if (patch && known) this.#set.unpatch(key, patch);
      else if (patch) patch.done = true;
      if (!known) this.#want(key);
    } catch (error) {
      if (patch) this.#set.unpatch(key, patch);
      throw error;
    } finally {
      this.#publish();
    }
  }

  /** Whether the answer was the row, which is then merged. */
  #merge(key: string, answer: unknown): boolean {
    const isRow = typeof answer === "object" && answer !== null && keyOf(answer, this.#key) === key;
    return isRow &&
      this.#set.apply({ eventType: "UPDATE", new: answer, old: {} } as Change) === null;
  }

  /** The server tells of changes from now on; those from before have to be read. */
  #up(): void {
    this.#joined = {};
    this.#notBefore = 0;
    this.#tell(null);
  }

  #down(): void {
    if (this.#joined) this.#downAt = Date.now();
    this.#joined = null;
    this.#advance("changed", this.#nextChanged(Date.now()));
    this.#plan();
    this.#publish(LISTENING.includes(this.#view.link) ? "reconnecting" : this.#view.link);
  }

  #take(change: Change): void {
    const isDelete = change.eventType === "DELETE";
    const key = keyOf(isDelete ? change.old : change.new, this.#key);
    if (key === null) return;
    this.#heard(key);
    if (this.#options.columns && !isDelete) return this.#want(key);
    const unknown = this.#set.apply(change, this.#reading);
    if (unknown === null) this.#publish();
    else this.#want(unknown);
  }

  /** Something told that these rows changed, or, for null, that rows changed. */
  #tell(keys: string[] | null): void {
    if (keys) {
      for (const key of keys) {
        this.#heard(key);
        this.#want(key);
      }
      return;
    }
    this.#told = true;
    this.#checks.clear(); // what they found may be what was told
    this.#hasten("all");
  }

  #heard(key: string): void {
    for (const told of this.#checks) told.add(key);
  }

  #want(key: string): void {
    this.#wanted.add(key);
    this.#hasten("wanted");
  }

  /** A page that was hidden or offline is checked. */
  #checkSoon(): void {
    this.#notBefore = 0;
    this.#hasten("again", "changed");
  }

  #hasten(...reads: Read[]): void {
    for (const read of reads) this.#advance(read, Date.now() + GATHER_MS);
    this.#plan();
  }

  #advance(read: Read, at: number): void {
    this.#due[read] = Math.min(this.#due[read], at);
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
    // What is due stays due on a hidden page; the next of its moments goes on with it.
    if (this.#moments.hidden() && this.#view.loaded) return;
    let done = false;
    this.#reading = true;
    this.#set.beginRead();
    try {
      done = await this.#readDue();
    } finally {
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
    const { newest, answers } = this.#reader;
    const told = this.#told;
    const done = this.#set.donePatches(); // their rows are wanted
    // Reset before the read: an event that comes while it is under way asks for one more.
    this.#wanted.clear();
    this.#told = false;
    this.#due.wanted = Infinity;
    if (before.again <= now) {
      this.#due.again = now + this.#pause();
      this.#link.topic?.follow(); // another user may have signed in without a word
    }
    if (before.changed <= now) this.#due.changed = this.#nextChanged(now);
    const heard = new Set(wanted);
    const isCheck = !told && Math.min(before.all, before.again, before.changed) <= now;
    if (isCheck) this.#checks.add(heard);
    const news = await this.#look(wanted, before, now);
    if (this.#closed) return true;
    if (news === null) {
      // The next try must read the same, and find the same changes.
      this.#checks.delete(heard);
      this.#told ||= told;
      this.#reader.newest = newest;
      for (const key of wanted) this.#wanted.add(key);
      for (const read of Object.keys(before) as Read[]) this.#advance(read, before[read]);
      if (this.#view.link === "polling") this.#publish("reconnecting");
      return false;
    }
    for (const [key, patch] of done) this.#set.unpatch(key, patch);
    this.#publish(this.#reader.answers > answers ? this.#linkOfAnswer(now) : undefined);
    if (isCheck) this.#judge(news, heard);
    return true;
  }

  /** A read was answered: where nothing could be subscribed for long, reads must do. */
  #linkOfAnswer(now: number): LiveView<Row>["link"] {
    const isBlocked = !this.#joined && now >= this.#downAt + this.#timing.blockedMs;
    return isBlocked && !this.#link.topic?.waits ? "polling" : this.#view.link;
  }

  #nextChanged(now: number): number {
    const usual = now + this.#timing.changedMs;
    if (this.#joined || this.#link?.topic?.waits) return usual;
    const blocked = this.#downAt + this.#timing.blockedMs;
    return Math.min(usual, now < blocked ? blocked : now + this.#pause());
  }

  /** Returns the keys of rows that were found deleted, new or newer; null if a read failed. */
  async #look(wanted: string[], due: Due, now: number): Promise<string[] | null> {
    if (due.all <= now) return this.#readAll();
    const changed = due.changed <= now ? await this.#reader.changed() : [];
    if (changed === null) return null;
    if (changed === "many") return this.#readAll();
    const open = due.again <= now ? this.#set.keys((row) => !this.#isFinal(row)) : [];
    return this.#reader.some([...new Set([...wanted, ...open, ...changed])]);
  }

  async #readAll(): Promise<string[] | null> {
    const now = Date.now();
    const joined = this.#joined;
    this.#due.all = now + this.#timing.wholeMs;
    this.#due.changed = this.#nextChanged(now);
    const news = await this.#reader.all();
    if (news === null || this.#closed) return null;
    const { link } = this.#view;
    const live = joined && joined === this.#joined && !LISTENING.includes(link);
    this.#show(live ? "live" : link, true);
    return news;
  }

  /** Says `catching up` if no event tells of one of these rows until a while later, else `live`. */
  #judge(news: string[], heard: Set<string>): void {
    const isMissed = () => news.some((key) => !heard.has(key));
    setTimeout(() => {
      // A channel that was joined meanwhile may have told of them in another way.
      if (!this.#checks.delete(heard) || !LISTENING.includes(this.#view.link)) return;
      this.#link.proven();
      if (isMissed()) this.#advance("changed", this.#due.again);
      this.#publish(isMissed() ? "catching up" : "live");
    }, isMissed() ? this.#timing.lateMs : 0);
  }

  #isFinal(row: Row): boolean {
    return this.#options.final?.(row) ?? !isOpen(row);
  }

  #pause(): number {
    const { againMinMs, againMaxMs } = this.#timing;
    return againMinMs + Math.random() * (againMaxMs - againMinMs);
  }

  #show(link: LiveView<Row>["link"], loaded = this.#view.loaded): void {
    if (link === this.#view.link && loaded === this.#view.loaded) return;
    this.#view = { ...this.#view, link, loaded };
    this.#toTell = true;
  }

  /** Tells the listeners if something changed since somebody looked. */
  #publish(link = this.#view.link): void {
    this.#show(link);
    if (!this.#set.changed && !this.#toTell) return;
    this.#toTell = false;
    for (const listener of this.#listeners) {
      try {
        listener();
      } catch (error) {
        console.error(error); // the others, and the next read, do not depend on it
      }
    }
  }
}
