/** Live rows: what is read when, and what events and answers make of the view. */
import { actionsOf, isOpen } from "./live-actions.ts";
import { checksOf } from "./live-checks.ts";
import { type Link, linkOf } from "./live-link.ts";
import { pageMoments } from "./live-moments.ts";
import { ReadFailed } from "./live-problem.ts";
import { readerOf } from "./live-reader.ts";
import { type Change, rowSet } from "./live-row-set.ts";
import { shownOf } from "./live-shown.ts";
import { backoff, timerMs, TIMING } from "./live-timing.ts";
import type { Client } from "./live-types.ts";
import type { LiveOptions, LiveRows } from "./live-view.ts";

/** How long to wait for more reasons to read, so that one read serves all of them. */
const GATHER_MS = 50;

/**
 * To read all rows, to ask which of all changed, to read wanted ones, to read those that are not
 * final, and to ask which changed lately.
 */
type Read = "all" | "survey" | "wanted" | "again" | "changed";

/** See `liveRows`. */
export function subscription<Row extends object>(
  client: Client,
  options: LiveOptions<Row>,
): LiveRows<Row> {
  const { key: keyName = "id", columns, filter, row: only, sort, readFirst } = options;
  const { final = (row: Row) => !isOpen(row) } = options;
  if (String(keyName).includes(",")) {
    throw new TypeError("`key` must be one column that is unique.");
  }
  const timing = { ...TIMING, ...options.timing };
  const moments = options.moments ?? pageMoments;
  const set = rowSet<Row>(keyName, sort, options.updatedAt);
  const reader = readerOf(client, options, timing.commitMs, set);
  const shown = shownOf(set);
  const checks = checksOf(timing.lateMs);
  /** Keys of rows that an event told of and that have to be read. */
  const wanted = new Set<string>();
  /** When each read is due. */
  const due: Record<Read, number> = {
    all: 0,
    survey: Infinity,
    wanted: Infinity,
    again: Date.now() + pause(),
    changed: Infinity,
  };
  /** Another object each time that the server begins to tell of changes; null if it does not. */
  let joined: object | null = null;
  /** Since when it does not. */
  let downAt = Date.now();
  /** Whether all rows have to be looked at for another reason than a check. */
  let told = true;
  let reading = false;
  let failures = 0;
  let notBefore = 0;
  let closed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  let link: Link | undefined = undefined; // while it is made, it may say that it is down
  link = linkOf(client, options, {
    up() {
      joined = {};
      notBefore = 0;
      tell(null);
    },
    down() {
      if (joined) downAt = Date.now();
      joined = null;
      advance("changed", nextChanged(Date.now()));
      plan();
      if (isListening()) shown.publish({ link: "reconnecting" });
    },
    changed: take,
    told: tell,
  });
  plan();
  const unlisten = moments.listen(() => {
    notBefore = 0;
    hasten("again", "changed"); // the page was hidden or offline
  });

  function take(change: Change): void {
    const isDelete = change.eventType === "DELETE";
    const key = set.keyOf(isDelete ? change.old : change.new)!; // null if Realtime refused it
    checks.heard(key);
    // The subscription to one row does not know the filter.
    const isSignal = columns || (only !== undefined && filter);
    if ((isSignal && !isDelete) || set.apply(change, reading)) want(key);
    else shown.publish();
  }

  /** Something told that these rows changed, or, for null, that rows changed. */
  function tell(keys: string[] | null): void {
    for (const key of keys ?? []) {
      checks.heard(key);
      want(key);
    }
    if (keys) return;
    told = true;
    checks.forget();
    hasten("survey");
  }

  function want(key: string): void {
    if (key !== String(only ?? key)) return;
    wanted.add(key);
    hasten("wanted");
  }

  function hasten(...reads: Read[]): void {
    for (const read of reads) advance(read, Date.now() + GATHER_MS);
    plan();
  }

  function advance(read: Read, at: number): void {
    due[read] = Math.min(due[read], at);
  }

  function plan(): void {
    clearTimeout(timer);
    if (closed || reading) return;
    const at = Math.max(notBefore, Math.min(...Object.values(due)));
    timer = setTimeout(read, timerMs(at - Date.now()));
  }

  /**
   * Reads what is due, and plans the next read. Only one read is under way at a time, so that no
   * answer is given up for a later one, however fast events come.
   */
  async function read(): Promise<void> {
    const before = { due: { ...due }, wanted: [...wanted], told, newest: reader.newest };
    reading = true;
    try {
      // What is due stays due on a hidden page; the next of its moments goes on with it.
      if (moments.hidden() && shown.last().complete) return;
      await readDue(before.due, before.wanted);
      failures = 0;
    } catch (error) {
      // The next try must read the same, and find the same changes.
      for (const key of before.wanted) wanted.add(key);
      for (const name of Object.keys(due) as Read[]) advance(name, before.due[name]);
      told ||= before.told;
      reader.newest = before.newest;
      notBefore = Date.now() + backoff(failures++);
      if (!closed) failed(error);
    } finally {
      reading = false;
    }
    plan();
  }

  async function readDue(before: typeof due, keys: string[]): Promise<void> {
    const now = Date.now();
    const { answers } = reader;
    const wasJoined = joined;
    const isDue = (...reads: Read[]) => reads.some((name) => before[name] <= now);
    const isWhole = isDue("all", "survey");
    const isCheck = !told && isDue("all", "again", "changed");
    // Reset before the read: an event that comes while it is under way asks for one more.
    const done = set.beginRead(); // their rows are wanted
    wanted.clear();
    due.wanted = Infinity;
    if (isDue("again")) {
      due.again = now + pause();
      link!.topic()?.follow(); // another user may have signed in without a word
    }
    if (isWhole) {
      told = false;
      due.survey = Infinity;
    }
    if (isDue("all", "survey", "changed")) due.changed = nextChanged(now);
    const check = isCheck ? checks.begin(keys) : undefined;
    let news: string[] | undefined;
    try {
      news = await look(isDue, keys, now);
    } finally {
      if (check && !news) checks.forget(check);
    }
    for (const [key, patch] of done) set.unpatch(key, patch);
    const isLive = isWhole && joined && joined === wasJoined && !isListening();
    // A read was answered: where nothing could be subscribed for long, reads must do.
    const isBlocked = reader.answers > answers && now >= blockedAt();
    shown.publish({
      loaded: true,
      complete: true,
      problem: null,
      link: isLive ? "live" : isBlocked ? "polling" : shown.last().link,
    });
    if (check) checks.judge(check, news, judged);
  }

  /** Finds rows that were deleted, new or newer. */
  async function look(
    isDue: (read: Read) => boolean,
    keys: string[],
    now: number,
  ): Promise<string[]> {
    if (isDue("all")) return readAll(now);
    const open = isDue("again") ? set.keys((row) => !final(row)) : [];
    const asked = [...keys, ...open];
    const isSurvey = isDue("survey") || reader.areMany(asked.length);
    const changed = isSurvey
      ? await reader.survey()
      : isDue("changed")
      ? await reader.changed()
      : [];
    if (!changed) return readAll(now);
    return reader.some([...new Set([...(isSurvey ? keys : asked), ...changed])]);
  }

  function readAll(now: number): Promise<string[]> {
    due.all = now + timing.wholeMs;
    // Rows in another order than that of their keys would move when the others come.
    const isShown = !shown.last().complete && (readFirst || !sort);
    return reader.all(isShown ? () => shown.publish({ loaded: true, problem: null }) : undefined);
  }

  /** Says `catching up` after a check that found what no event told, and `live` after another. */
  function judged(isMissed: boolean): void {
    // A channel that was joined meanwhile may have told of it in another way.
    if (!isListening()) return;
    link!.proven();
    if (isMissed) advance("changed", due.again);
    shown.publish({ link: isMissed ? "catching up" : "live" });
  }

  function failed(error: unknown): void {
    const { link, problem } = shown.last();
    if (!(error instanceof ReadFailed)) console.error(error);
    const found = (error as Partial<ReadFailed>).problem;
    const isNew = found && found.code !== problem?.code;
    if (isNew) console.warn(`liverows, ${options.table}, ${found.code}: ${found.message}`);
    shown.publish({
      problem: isNew ? found : problem,
      link: link === "polling" ? "reconnecting" : link,
    });
  }

  function nextChanged(now: number): number {
    const blocked = blockedAt();
    return Math.min(now + timing.changedMs, now < blocked ? blocked : now + pause());
  }

  /** When it has been down for too long; never while it need not be up. */
  function blockedAt(): number {
    return joined || link?.topic()?.waits() ? Infinity : downAt + timing.blockedMs;
  }

  function isListening(): boolean {
    return ["live", "catching up"].includes(shown.last().link);
  }

  function pause(): number {
    const { againMinMs, againMaxMs } = timing;
    return againMinMs + Math.random() * (againMaxMs - againMinMs);
  }

  return {
    get view() {
      return shown.view();
    },
    subscribe: shown.subscribe,
    get: (key) => set.get(String(key)),
    ...actionsOf(client, options, { set, want, publish: shown.publish, ms: timing.actionMs }),
    close() {
      closed = reader.closed = true;
      clearTimeout(timer);
      checks.forget(); // none is judged any more
      shown.close();
      unlisten();
      link!.close();
    },
  };
}
