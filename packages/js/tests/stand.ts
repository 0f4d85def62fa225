/** A small server that speaks PostgREST's and Realtime's words, so that the real client runs. */
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { inTime } from "./deadline.ts";
import { answer, type Fields } from "./postgrest.ts";

export interface Row {
  id: string;
  title: string;
  updated_at: string;
  [column: string]: unknown;
}

type Frame = [joinRef: string | null, ref: string | null, topic: string, event: string, object];

export class Stand {
  /** The primary key. */
  key = "id";
  readonly rows = new Map<unknown, Fields>();
  readonly reads: URL[] = [];
  readonly joins: { topic: string; payload: Record<string, unknown> }[] = [];
  /** How many of the next reads fail, and how. */
  failing = 0;
  failure = { status: 503, code: "", message: "no" };
  /** Answers have no more rows, whatever was asked for. */
  maxRows = Infinity;
  /** The reads that wait for `answerNext`, oldest first; null while each is answered at once. */
  held: (() => void)[] | null = null;
  /** Whether public channels are refused. */
  privateOnly = false;
  /** The access tokens that joined channels were given. */
  readonly tokens: string[] = [];
  /** What a proxy does with sockets: `refused`, or `silent` for never opened. */
  sockets: "open" | "refused" | "silent" = "open";
  /** Whether nothing can be reached over HTTP. */
  offline = false;
  /** The calls of Edge Functions, and what answers them. */
  readonly calls: { path: string; body: unknown }[] = [];
  onCall: () => Response | Promise<Response> = () => Response.json({});
  readonly #sockets = new Set<WebSocket>();
  readonly #topics = new Map<string, { socket: WebSocket; joinRef: string; private: boolean }>();
  readonly #waiting: (() => void)[] = [];
  /** Resolved when the next read arrives, and when the next message comes in over a socket. */
  #read = Promise.withResolvers<void>();
  #message = Promise.withResolvers<void>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly url: string;
  readonly client: SupabaseClient;

  constructor(accessToken?: () => Promise<string | null>) {
    this.#server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      (request) => this.#answer(request),
    );
    this.url = `http://127.0.0.1:${this.#server.addr.port}`;
    this.client = createClient(this.url, "key", {
      auth: { persistSession: false, autoRefreshToken: false },
      ...(accessToken ? { accessToken } : {}),
      realtime: { reconnectAfterMs: () => 20, heartbeatIntervalMs: 86_400_000 },
    });
  }

  /** Writes a row; an event tells of it, if there is one. */
  write(row: Fields, event?: "INSERT" | "UPDATE", fields: object = row, errors?: string[]): void {
    this.rows.set(row[this.key], row);
    if (event) this.emit(event, fields, errors);
  }

  /** Deletes a row; the event has only the key. */
  erase(row: Fields): void {
    this.rows.delete(row[this.key]);
    this.emit("DELETE", { [this.key]: row[this.key] });
  }

  emit(type: string, row: object, errors: string[] | null = null): void {
    const record = type === "DELETE" ? {} : row;
    const data = {
      ...{ schema: "public", table: "jobs", type, commit_timestamp: "2026-11-21T10:00:00Z" },
      ...{ columns: columnsOf(record), record, old_record: row, errors },
    };
    for (const topic of this.#topics.keys()) {
      this.#send(topic, null, "postgres_changes", { ids: [1], data });
    }
  }

  /** The topics that are joined. */
  topics(): string[] {
    return [...this.#topics.keys()];
  }

  /** Resolves when a channel has been joined, or refused. */
  joined(): Promise<void> {
    return this.#until(() => this.joins.length > 0);
  }

  /** Resolves when the topic is no longer joined. */
  left(topic: string): Promise<void> {
    return this.#until(() => !this.#topics.has(topic));
  }

  /** Looks after each message. */
  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) await inTime(this.#message.promise, () => `${condition}`);
  }

  /** A message of the database on the private topics. */
  tell(payload: object): void {
    for (const topic of this.#topics.keys()) {
      this.#send(topic, null, "broadcast", { type: "broadcast", event: "rows", payload });
    }
  }

  /** The server says that it listens to Postgres now; its words depend on the kind of channel. */
  listens(): void {
    for (const [topic, joined] of this.#topics) {
      const said = joined.private
        ? { extension: "system", message: "Replication connection established" }
        : { extension: "postgres_changes", message: "Subscribed to PostgreSQL" };
      this.#send(topic, null, "system", { ...said, status: "ok", channel: topic });
    }
  }

  /** Resolves when the next read has arrived here. */
  nextRead(): Promise<void> {
    return inTime(this.#read.promise, () => "a read");
  }

  /** Answers the oldest of the reads that are held. */
  answerNext(): void {
    this.held!.shift()!();
  }

  /** Sockets open from now on; those that waited are given up. */
  letSocketsOpen(): void {
    this.sockets = "open";
    for (const giveUp of this.#waiting.splice(0)) giveUp();
  }

  /** The server goes away and comes back. */
  drop(): void {
    this.#topics.clear();
    for (const socket of this.#sockets) socket.close(1012);
  }

  /** What the real server does when a token has run out. */
  closeChannels(): void {
    for (const topic of [...this.#topics.keys()]) {
      this.#send(topic, null, "phx_close", {});
      this.#topics.delete(topic);
    }
  }

  async close(): Promise<void> {
    while (this.held?.length) this.answerNext();
    this.held = null;
    this.letSocketsOpen();
    // Not awaited: the client looks only every 150 ms whether its socket is closed.
    void this.client.realtime.disconnect();
    for (const socket of this.#sockets) socket.close();
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (url.pathname.startsWith("/realtime/")) return this.#socket(request);
    if (url.pathname.startsWith("/auth/")) return userOf(request);
    if (url.pathname.endsWith("/barrier")) return Response.json([]);
    if (url.pathname.startsWith("/functions/")) {
      this.calls.push({ path: url.pathname.split("/v1/")[1], body: await request.json() });
      return this.onCall();
    }
    this.reads.push(url);
    this.#read.resolve();
    this.#read = Promise.withResolvers();
    if (this.offline) return new Response(null, { status: 503 });
    if (this.held) await new Promise<void>((resolve) => this.held!.push(resolve));
    if (this.failing > 0) {
      this.failing--;
      const { status, ...error } = this.failure;
      return Response.json(error, { status });
    }
    const found = answer(this.rows.values(), url.searchParams, this.key);
    const rows = found.slice(
      0,
      Math.min(this.maxRows, Number(url.searchParams.get("limit") ?? 1000)),
    );
    const isCounted = request.headers.get("prefer")?.includes("count=exact");
    const range = `0-${rows.length - 1}/${isCounted ? found.length : "*"}`;
    return Response.json(rows, { headers: { "content-range": range } });
  }

  #socket(request: Request): Response | Promise<Response> {
    const no = () => new Response(null, { status: 403 });
    if (this.sockets === "refused") return no();
    if (this.sockets === "open") return this.#upgrade(request);
    return new Promise((resolve) => this.#waiting.push(() => resolve(no())));
  }

  #upgrade(request: Request): Response {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onopen = () => this.#sockets.add(socket);
    socket.onclose = () => this.#sockets.delete(socket);
    socket.onmessage = ({ data }) => {
      this.#hear(socket, JSON.parse(data));
      this.#message.resolve();
      this.#message = Promise.withResolvers();
    };
    return response;
  }

  #hear(socket: WebSocket, [joinRef, ref, topic, event, payload]: Frame): void {
    let response = {};
    if (event === "phx_join") {
      const joined = payload as { config: { postgres_changes: object[]; private: boolean } };
      this.joins.push({ topic, payload: joined });
      if (this.privateOnly && !joined.config.private) {
        const refusal = { reason: "PrivateOnly: This project only allows private channels" };
        const answer = { status: "error", response: refusal };
        return socket.send(JSON.stringify([joinRef, ref, topic, "phx_reply", answer]));
      }
      const { private: isPrivate } = joined.config;
      this.#topics.set(topic, { socket, joinRef: joinRef!, private: isPrivate });
      response = {
        postgres_changes: joined.config.postgres_changes.map((one) => ({ id: 1, ...one })),
      };
    } else if (event === "access_token") {
      this.tokens.push((payload as { access_token: string }).access_token);
    } else if (event === "phx_leave") {
      this.#topics.delete(topic);
    }
    socket.send(JSON.stringify([joinRef, ref, topic, "phx_reply", { status: "ok", response }]));
  }

  #send(topic: string, ref: string | null, event: string, payload: object): void {
    const { socket, joinRef } = this.#topics.get(topic)!;
    socket.send(JSON.stringify([joinRef, ref, topic, event, payload]));
  }
}

/** What Auth says of the user whose token it is. */
function userOf(request: Request): Response {
  const token = request.headers.get("authorization")!.replace("Bearer ", "");
  const { sub } = JSON.parse(atob(token.split(".")[1]));
  return Response.json({ id: sub, aud: "authenticated", role: "authenticated" });
}

function columnsOf(record: object) {
  return Object.keys(record).map((name) => ({ name, type: "text" }));
}
