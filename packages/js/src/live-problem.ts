/** Why rows cannot be read. */

/** A failure that will not pass by itself, such as a missing grant. */
export interface LiveProblem {
  /** That of Postgres or PostgREST, such as `42501`; else the HTTP status. */
  readonly code: string;
  /** A sentence for developers. */
  readonly message: string;
}

/** A read was not answered, or refused. */
export class ReadFailed extends Error {
  /** Null if it may pass by itself: no connection, a busy server, a token that has run out. */
  readonly problem: LiveProblem | null;

  constructor(error: { code?: string; message: string }, status: number) {
    super();
    const code = error.code || String(status);
    // Class 42 has missing grants, unknown names and policies that call themselves.
    const lasts = /^42\w{3}$/.test(code) || /^4(?!08|25|29)/.test(String(status));
    this.problem = lasts && !/^PGRST30/.test(code)
      ? { code, message: `The rows cannot be read: ${error.message}` }
      : null;
  }
}
