/** A clock that a test can move; otherwise its timers run out in real time. */

type Timer = { at: number; act: () => void; real: number };

const setReal = globalThis.setTimeout;
const clearReal = globalThis.clearTimeout;
const realNow = Date.now;
const timers = new Map<number, Timer>();
let ahead = 0;
let last = 0;

/** Replaces the timers and the time of this file's tests. */
export function installClock(): void {
  Date.now = () => realNow() + ahead;
  globalThis.setTimeout = ((act: () => void, ms = 0) => {
    const number = ++last;
    timers.set(number, { at: Date.now() + ms, act, real: 0 });
    arm(number);
    return number;
  }) as typeof setTimeout;
  globalThis.clearTimeout = ((number?: number) => {
    const timer = number === undefined ? undefined : timers.get(number);
    if (!timer) return;
    clearReal(timer.real);
    timers.delete(number!);
  }) as typeof clearTimeout;
  AbortSignal.timeout = (ms) => {
    const controller = new AbortController();
    globalThis.setTimeout(() => controller.abort(), ms);
    return controller.signal;
  };
}

/** Moves the time on. Each timer that was set before and is due then runs out, once. */
export function advance(ms: number): void {
  ahead += ms;
  const due = [...timers].filter(([, { at }]) => at <= Date.now());
  due.sort(([, left], [, right]) => left.at - right.at);
  for (const [number] of due) run(number);
  for (const number of timers.keys()) arm(number);
}

function arm(number: number): void {
  const timer = timers.get(number)!;
  clearReal(timer.real);
  timer.real = setReal(() => run(number), Math.max(0, timer.at - Date.now())) as unknown as number;
}

function run(number: number): void {
  const timer = timers.get(number);
  if (!timer) return;
  clearReal(timer.real);
  timers.delete(number);
  timer.act();
}
