/** The routes, and the middleware that every request passes before it reaches them. */

import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { methodNotAllowed } from "hono/method-not-allowed";
import { requestId } from "hono/request-id";

import { withCaller } from "./caller.ts";
import { ApiError, errorResponse, refuse, respondTo } from "./errors.ts";
import type { Env } from "./env.ts";
import { endpoints } from "./routes/all.ts";

export const MAX_BODY_BYTES = 1024 * 1024;

// On Supabase and in the local stack, the path of a request begins with the name of the function.
export const app = new Hono<Env>().basePath("/api");

app.onError(respondTo);
app.notFound((c) => errorResponse(c, new ApiError(404, "not_found")));

app.use(requestId());
app.use(cors({ origin: "*", exposeHeaders: ["x-request-id", "retry-after"], maxAge: 3600 }));
app.use(withCaller);
app.use(
  methodNotAllowed({
    app,
    onMethodNotAllowed: (c, methods) => {
      c.header("allow", methods.join(", "));
      const params = { methods: methods.join(", ") };
      return errorResponse(c, new ApiError(405, "method_not_allowed", { params }));
    },
  }),
);
app.use(
  bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: () => refuse(413, "too_large"),
  }),
);
for (const { method, path, serve } of endpoints) app.on(method, path, serve);
