/** Requests that may queue a row begin a trace; others are sent as they are. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "@supabase/supabase-js";
import { newTraceparent, tracedFetch } from "../src/trace.ts";

const FORM = /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/;
const GIVEN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/** A client whose requests are answered here, and the header of each by method and path. */
function client() {
  const sent: [string, string | null][] = [];
  const answer: typeof fetch = (input, init) => {
    const request = new Request(input, init);
    const { pathname } = new URL(request.url);
    sent.push([`${request.method} ${pathname}`, request.headers.get("traceparent")]);
    assert.equal(request.headers.get("apikey") ?? "key", "key");
    return Promise.resolve(Response.json([]));
  };
  const supabase = createClient("http://127.0.0.1:1", "key", {
    global: { fetch: tracedFetch(answer) },
    auth: { persistSession: false, autoRefreshToken: false },
  });
  return { supabase, sent };
}

test("each request that may queue a row begins a trace of its own", async () => {
  const { supabase, sent } = client();
  await supabase.from("stories").insert({ body: "a" });
  await supabase.from("stories").update({ body: "b" }).eq("id", 1);
  await supabase.rpc("add_story");
  await supabase.functions.invoke("api/stories", { body: {} });
  await supabase.functions.invoke("api/stories", { method: "GET" });
  const traces = sent.map(([, trace]) => trace);
  assert.ok(traces.every((trace) => FORM.test(trace ?? "")), String(sent));
  assert.equal(new Set(traces).size, 5);
});

test("what only reads, stores a file or signs in begins none", async () => {
  const { supabase, sent } = client();
  await supabase.from("stories").select();
  await supabase.storage.from("files").upload("a.txt", "a");
  await supabase.auth.signInWithPassword({ email: "a@example.com", password: "secret" });
  assert.equal(sent.length, 3);
  assert.deepEqual(sent.map(([, trace]) => trace), [null, null, null]);
});

test("a request that has a trace keeps it", async () => {
  const { supabase, sent } = client();
  await supabase.functions.invoke("api/stories", { body: {}, headers: { traceparent: GIVEN } });
  const request = new Request("http://127.0.0.1:1/rest/v1/stories", {
    method: "POST",
    headers: { traceparent: GIVEN, prefer: "return=minimal" },
  });
  let prefer: string | null = null;
  await tracedFetch((input, init) => {
    const { headers } = new Request(input, init);
    prefer = headers.get("prefer");
    sent.push(["", headers.get("traceparent")]);
    return Promise.resolve(new Response());
  })(request);
  assert.deepEqual(sent.map(([, trace]) => trace), [GIVEN, GIVEN]);
  assert.equal(prefer, "return=minimal");
});

test("a new value has the form of the standard and is no other's", () => {
  const values = Array.from({ length: 100 }, newTraceparent);
  assert.ok(values.every((value) => FORM.test(value)));
  assert.equal(new Set(values).size, values.length);
});
