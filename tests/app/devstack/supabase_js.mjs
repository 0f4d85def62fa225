// What a browser does with supabase-js, step by step; prints what came of each as JSON.
import { createRequire } from "node:module";

const { createClient } = createRequire(process.env.PACKAGES)("@supabase/supabase-js");
const { URL_OF_STACK: url, PUBLISHABLE_KEY: key, BUCKET: bucket } = process.env;

const connect = () => createClient(url, key, { auth: { autoRefreshToken: false } });
const said = {};

const mine = connect();
const email = `js-${crypto.randomUUID()}@example.com`;
const password = "correct horse";
const up = await mine.auth.signUp({ email, password });
const user = up.data.user;
said.signUp = { error: up.error, role: user.role, email: user.email === email };
said.twice = (await connect().auth.signUp({ email, password })).error.code;
said.wrong = (await connect().auth.signInWithPassword({ email, password: "wrong" })).error.code;

const refreshed = await mine.auth.refreshSession();
said.refreshed = refreshed.data.session.refresh_token !== up.data.session.refresh_token;
said.user = (await mine.auth.getUser()).data.user.id === user.id;
said.claims = (await mine.auth.getClaims()).data.claims.sub === user.id;

const added = await mine.from("job_positions").insert({ job_url: "https://a.example/" }).select();
said.added = added.data.map((row) => [row.account_id === user.id, row.processing_status]);
const theirs = connect();
await theirs.auth.signUp({ email: `other-${email}`, password });
said.hidden = (await theirs.from("job_positions").select()).data.length;
said.refused = (await mine.from("job_positions").insert({ processing_status: "completed" })).error
  .code;

const files = mine.storage.from(bucket);
const path = `${user.id}/take one.txt`;
const text = (content, type = "text/plain") => new Blob([content], { type });
said.uploaded = (await files.upload(path, text("first"))).data.path === path;
said.duplicate = (await files.upload(path, text("again"))).error.statusCode;
said.upserted = (await files.upload(path, text("second"), { upsert: true })).error;
said.bytes = (await files.upload(`${user.id}/bytes.txt`, new Uint8Array([104, 105]), {
  contentType: "text/plain",
})).error;
said.downloaded = await (await files.download(path)).data.text();
said.listed = (await files.list(user.id)).data.map((entry) => entry.name);
const signed = await files.createSignedUrl(path, 60);
said.signed = await (await fetch(signed.data.signedUrl)).text();
const many = await files.createSignedUrls([path, "nowhere.txt"], 60);
said.many = many.data.map((one) => one.error === null);
said.foreign = (await theirs.storage.from(bucket).upload(`${user.id}/x.txt`, text("x"))).error
  .statusCode;
said.unseen = (await theirs.storage.from(bucket).download(path)).error !== null;
said.type = (await files.upload(`${user.id}/x.png`, text("x", "image/png"))).error.statusCode;
said.removed = (await files.remove([path])).data.map((entry) => entry.name === path);

said.signedOut = (await mine.auth.signOut()).error;
said.afterwards = (await mine.from("job_positions").select()).error.code;
console.log(JSON.stringify(said));
