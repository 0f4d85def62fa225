/** The Edge Function `api`: checks what a browser sends, adds a row, and answers at once. */

import { app } from "./app.ts";

export default { fetch: app.fetch };
