/** When somebody looks at the rows. Outside of browsers an app says this itself. */

export interface LiveMoments {
  /** Whether nobody can see the rows; then nothing is read after the first snapshot. */
  hidden(): boolean;
  /**
   * Calls `check` each time that the app is shown, gets the focus or is online again. Returns a
   * function that ends this.
   */
  listen(check: () => void): () => void;
}

/** The moments of a browser's page. Where there is no page, there are none. */
export const pageMoments: LiveMoments = {
  hidden: () => globalThis.document?.hidden ?? false,
  listen(check) {
    const ended = new AbortController();
    for (const event of ["visibilitychange", "focus", "online"]) {
      globalThis.addEventListener?.(event, check, ended);
    }
    return () => ended.abort();
  },
};
