/** A small server that speaks PostgREST's and Realtime's words, so that the real client runs. */
import { createClient, type SupabaseClient } from "@supabase/supabase-js";

export interface Row {
  id: string;
  title: string;
  updated_at: string;
  [column: string]: unknown;
}

type Frame = [joinRef: string | null, ref: string | null, topic: string, event: string, object];

const PAGE_ROWS = 1000;

export class Stand {
  readonly rows = new Map<string, Row>();
  readonly reads: URL[] = [];
  readonly joins: { topic: string; payload: Record<string, unknown> }[] = [];
  /** How many of the next reads fail. */
  failing = 0;
  /** The reads that wait for `answerNext`, oldest first; null while each is answered at once. */
  held: (() => void)[] | null = null;
  /** Whether public channels are refused. */
  privateOnly = false;
  readonly #sockets = new Set<WebSocket>();
  readonly #topics = new Map<string, { socket: WebSocket; joinRef: string; private: boolean }>();
  #noteRead = () => {};
  #noteLeave = () => {};
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly client: SupabaseClient;

  constructor(accessToken?: () => Promise<string | null>) {
    this.#server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      (request) => this.#answer(request),
    );
    this.client = createClient(`http://127.0.0.1:${this.#server.addr.port}`, "key", {
      auth: { persistSession: false, autoRefreshToken: false },
      ...(accessToken ? { accessToken } : {}),
      realtime: { reconnectAfterMs: () => 20, heartbeatIntervalMs: 86_400_000 },
    });
  }

  /** Writes a row; an event tells of it, if there is one. */
  write(row: Row, event?: "INSERT" | "UPDATE", fields: object = row, errors?: string[]): void {
    this.rows.set(row.id, row);
    if (event) this.emit(event, fields, errors);
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

  /** Resolves when the topic is no longer joined. */
  async left(topic: string): Promise<void> {
    while (this.#topics.has(topic)) {
      await new Promise<void>((resolve) => (this.#noteLeave = resolve));
    }
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
    return new Promise((resolve) => (this.#noteRead = resolve));
  }

  /** Answers the oldest of the reads that are held. */
  answerNext(): void {
    this.held!.shift()!();
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
    await this.client.removeAllChannels();
    await this.client.realtime.disconnect();
    for (const socket of this.#sockets) socket.close();
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (url.pathname.startsWith("/realtime/")) return this.#upgrade(request);
    if (url.pathname.startsWith("/auth/")) return userOf(request);
    if (url.pathname.endsWith("/barrier")) return Response.json([]);
    this.reads.push(url);
    this.#noteRead();
    if (this.held) await new Promise<void>((resolve) => this.held!.push(resolve));
    if (this.failing > 0) {
      this.failing--;
      return Response.json({ message: "no" }, { status: 400 });
    }
    return Response.json(this.#select(url.searchParams));
  }

  #select(query: URLSearchParams): Partial<Row>[] {
    const condition = query.get("id");
    const ids = condition?.match(/^in\.\((.*)\)$/)?.[1].split(",");
    const after = condition?.match(/^gt\.(.*)$/)?.[1] ?? "";
    const since = query.get("updated_at")?.replace("gte.", "") ?? "";
    const rows = [...this.rows.values()]
      .filter(({ id }) => (ids ? ids.includes(id) : id > after))
      .filter(({ updated_at }) => updated_at >= since)
      .sort((left, right) => (left.id < right.id ? -1 : 1))
      .slice(0, PAGE_ROWS);
    const columns = query.get("select") ?? "*";
    if (columns === "*") return rows;
    return rows.map((row) =>
      Object.fromEntries(columns.split(",").map((name) => [name, row[name]]))
    );
  }

  #upgrade(request: Request): Response {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onopen = () => this.#sockets.add(socket);
    socket.onclose = () => this.#sockets.delete(socket);
    socket.onmessage = ({ data }) => this.#hear(socket, JSON.parse(data));
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
    } else if (event === "phx_leave") {
      this.#topics.delete(topic);
      this.#noteLeave();
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
