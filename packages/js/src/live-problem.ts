/** Why rows cannot be read. */

/** A failure that will not pass by itself, such as a missing grant. */
export interface LiveProblem {
  /** That of Postgres or PostgREST, such as `42501`; else the HTTP status. */
  readonly code: string;
  /** A sentence for developers. */
  readonly message: string;
}

/**
 * An HTTP status and a code: requests that are wrong, or of class 42, which has missing grants,
 * unknown names and policies that call themselves. What is wrong with a token passes.
 */
const LASTS = /^(?!.*PGRST30)(4(?!08|25|29)|.* 42\w{3}$)/;

/** A read was not answered, or refused. */
export class ReadFailed extends Error {
  /** Null if it may pass by itself: no connection, a busy server, a token that has run out. */
  declare readonly problem: LiveProblem | null;

  constructor(error: { code?: string; message: string }, status: number) {
    super();
    const { code = "", message } = error;
    this.problem = LASTS.test(`${status} ${code}`)
      ? { code: code || String(status), message }
      : null;
  }
}
