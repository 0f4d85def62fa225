/**
 * Checks the text of an address much as the worker does, so that the user hears of most refusals at
 * once. The Edge Function itself never opens the address.
 */

import ipaddr from "ipaddr.js";

import { refuse } from "./errors.ts";
import { sentenceFor } from "./wording.ts";

const INSIDE_ONLY = /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|lan|home\.arpa)$/;
const PORTS = ["", "80", "443"];

/**
 * Throws a 422 that names the field if `whyRefused` gives a reason. A missing or empty address is
 * accepted.
 */
export function refusePrivate(field: string, address: string | null | undefined): void {
  const kind = address ? whyRefused(address) : null;
  if (kind) {
    const params = { kind };
    refuse(422, "url_refused", { params, fields: { [field]: sentenceFor("url_refused", params) } });
  }
}

export type Refused = "credentials" | "private" | "port";

/**
 * The kind of reason why an address is refused, or null. `allowed`: exceptions as `host:port`,
 * separated by commas.
 */
export function whyRefused(
  address: string,
  allowed = Deno.env.get("FETCH_ALLOW") ?? "",
): Refused | null {
  // `URL` brings the host into its normal form, for instance 0x7f.1 into 127.0.0.1.
  const url = new URL(address);
  const host = url.hostname.replace(/\.$/, "");
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  if (url.username || url.password) return "credentials";
  if (allowed.split(",").some((pair) => pair.trim().toLowerCase() === `${host}:${port}`)) {
    return null;
  }
  if (!isPublic(host)) return "private";
  if (!PORTS.includes(url.port)) return "port";
  return null;
}

function isPublic(host: string): boolean {
  const literal = host.replace(/^\[|\]$/g, "");
  if (ipaddr.isValid(literal)) return ipaddr.parse(literal).range() === "unicast";
  return host.includes(".") && !INSIDE_ONLY.test(host);
}
