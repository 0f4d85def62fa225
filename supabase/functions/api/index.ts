/** The Edge Function `api`: checks a request, then adds, changes or reads rows and answers. */

import { app } from "./app.ts";

export default { fetch: app.fetch };
