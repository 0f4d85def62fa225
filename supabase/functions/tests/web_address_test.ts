import { strictEqual } from "node:assert/strict";

import { whyRefused } from "../api/web_address.ts";

const { test } = Deno;

const REFUSED = [
  "http://127.0.0.1/",
  "http://2130706433/",
  "http://0x7f.1/",
  "http://0177.0.0.1/",
  "http://10.1.2.3/",
  "http://169.254.169.254/latest/meta-data/",
  "http://100.64.0.1/",
  "http://0.0.0.0/",
  "http://224.0.0.1/",
  "http://[::1]/",
  "http://[::ffff:127.0.0.1]/",
  "http://[64:ff9b::7f00:1]/",
  "http://[2002:7f00:1::]/",
  "http://[fd00::1]/",
  "http://[fe80::1]/",
  "http://localhost/",
  "http://LOCALHOST./",
  "http://api.localhost/",
  "http://router/",
  "http://db.internal/",
  "http://printer.local/",
  "http://nas.home.arpa/",
  "http://user:secret@example.com/",
  "http://example.com:8080/",
];

for (const address of REFUSED) {
  test(`${address} is refused`, () => strictEqual(typeof whyRefused(address, ""), "string"));
}

for (
  const address of [
    "https://example.com/jobs",
    "http://example.com:80/",
    "http://example.com:443/",
    "https://8.8.8.8/",
    "https://[2606:4700::1111]/",
    "https://bücher.example/",
    "https://localhost.example.com/",
  ]
) {
  test(`${address} may be opened`, () => strictEqual(whyRefused(address, ""), null));
}

test("a pair of host and port may be allowed for development", () => {
  strictEqual(whyRefused("http://127.0.0.1:8123/jobs", "127.0.0.1:80, 127.0.0.1:8123"), null);
  strictEqual(typeof whyRefused("http://127.0.0.1:8124/jobs", "127.0.0.1:8123"), "string");
});
