import { match, notStrictEqual, strictEqual } from "node:assert/strict";

import { traceparentFor } from "../api/caller.ts";
import { withVariables } from "./support.ts";

const { test } = Deno;

const SENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const MALFORMED = [undefined, "", "no trace", SENT.toUpperCase(), `${SENT}\n`, `${SENT}-more`];

test("a trace that is sent is passed on, and a malformed one is not", async () => {
  for (const API_TRACES of [undefined, "on"]) {
    await withVariables({ API_TRACES }, () => {
      strictEqual(traceparentFor(SENT), SENT);
      return Promise.resolve();
    });
  }
  for (const sent of MALFORMED) strictEqual(traceparentFor(sent), null);
});

test("a request without a trace begins one if the settings say so", async () => {
  await withVariables({ API_TRACES: "on" }, () => {
    for (const sent of MALFORMED) {
      match(traceparentFor(sent)!, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    }
    notStrictEqual(traceparentFor(undefined), traceparentFor(undefined));
    return Promise.resolve();
  });
});
