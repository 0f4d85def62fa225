/**
 * Reserves budgets in the database for a paid call that no run of a worker makes. What was reserved
 * and not settled within the time counts in full, for instance if the function is ended meanwhile.
 */

import type { Context } from "hono";

import type { Json } from "../_shared/database.types.ts";
import { adminDatabase, callerId, type Env } from "./env.ts";
import { ApiError } from "./errors.ts";

/** The most that a call can use. Without a known price there is no `cost_usd`. */
export type Bound = { input_tokens: number; output_tokens: number; cost_usd?: number };

/** What a call has used, as the service says. */
export type Used = Bound & { model: string; step: string };

/** How a call has ended: what it used, that it cost nothing, or that nobody knows. */
export type End = Used | "unbilled" | "unknown";

export type Reservation = { settle: (end: End) => Promise<void> };

/** Where a call reserves before it is made. */
export type Till = {
  /**
   * Null if the call must not be made, because a budget has too little left or cannot be asked.
   * Throws an `ApiError` if the pipeline says that its rows then fail.
   */
  reserve: (bound: Bound) => Promise<Reservation | null>;
};

type Refusal = { fails: boolean; busy: boolean; wait_seconds: number };

// The row would be refused, too, or its account is gone.
const NO_ROW = ["P0002", "RJ006", "RJ008"];

/** The budgets of the user who is about to add a position, of its pipeline, and of all together. */
export function tillOf(c: Context<Env>, seconds: number): Till {
  const admin = adminDatabase(c);
  return {
    reserve: async ({ input_tokens, output_tokens, cost_usd }) => {
      const reservation = crypto.randomUUID();
      const tokens = input_tokens + output_tokens;
      const { data, error } = await admin.rpc("reserve_quick_look", {
        account: callerId(c),
        reservation,
        amounts: { tokens, input_tokens, output_tokens, cost_usd: cost_usd ?? null },
        seconds,
      });
      if (error) {
        if (!NO_ROW.includes(error.code)) {
          warn("a paid call is left out: no budget could be asked", error.code);
        }
        return null;
      }
      const { refused } = data as { refused?: Refusal };
      if (refused) return unpaid(refused);
      return {
        settle: async (end) => {
          const how = typeof end === "string"
            ? { billed: end === "unknown" }
            : { used: end as Json };
          const { error } = await admin.schema("processing").rpc("settle_outside", {
            reservation,
            ...how,
          });
          if (error) warn("a paid call counts in full: it could not be settled", error.code);
        },
      };
    },
  };
}

/**
 * Null if the row is added without the call and then waits, as its pipeline says; otherwise throws
 * the `ApiError` for the user.
 */
export function unpaid({ fails, busy, wait_seconds }: Refusal): null {
  if (!fails || busy) return null;
  const refused = new ApiError(429, "budget_reached");
  refused.retryAfter = wait_seconds;
  throw refused;
}

function warn(message: string, error: string): void {
  console.warn(JSON.stringify({ level: "warning", message, error }));
}
