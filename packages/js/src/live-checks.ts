/** Whether events tell of what checks find. */

export interface Checks {
  /** A check begins. Of these keys was told before. */
  begin(told: readonly string[]): Set<string>;
  /** An event told of this key: checks that found it have missed nothing. */
  heard(key: string): void;
  /** What the checks under way found may be what was told in another way. */
  forget(check?: Set<string>): void;
  /** Says whether the check found something of which no event tells until a while later. */
  judge(check: Set<string>, found: readonly string[], judged: (isMissed: boolean) => void): void;
}

export function checksOf(lateMs: number): Checks {
  /** For each check that is not judged yet, the keys of which an event told. */
  const open = new Set<Set<string>>();
  return {
    begin(told) {
      const check = new Set(told);
      open.add(check);
      return check;
    },
    heard(key) {
      for (const check of open) check.add(key);
    },
    forget(check) {
      if (check) open.delete(check);
      else open.clear();
    },
    judge(check, found, judged) {
      const isMissed = () => found.some((key) => !check.has(key));
      setTimeout(() => {
        if (open.delete(check)) judged(isMissed());
      }, isMissed() ? lateMs : 0);
    },
  };
}
