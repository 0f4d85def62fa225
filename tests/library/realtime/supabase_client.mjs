// The real supabase-js, told on standard input what to do, saying on standard output what it heard.
// One JSON object a line in both directions; `{"do": "end"}` or the end of the input stops it.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [packages, url, key, token] = process.argv.slice(2);
const { createClient } = createRequire(packages)("@supabase/supabase-js");

const say = (message) => process.stdout.write(JSON.stringify(message) + "\n");

let access = token;
const client = createClient(url, key, access ? { accessToken: async () => access } : {});
const channels = new Map();

const actions = {
  subscribe({ topic, config = {}, changes = [], broadcasts = [], presence = false }) {
    const channel = client.channel(topic, { config });
    channels.set(topic, channel);
    for (const filter of changes) {
      channel.on("postgres_changes", filter, (payload) => say({ change: payload }));
    }
    for (const event of broadcasts) {
      channel.on("broadcast", { event }, ({ meta, payload, type }) => {
        const bytes = payload instanceof ArrayBuffer;
        say({ broadcast: bytes ? [...new Uint8Array(payload)] : payload, event, meta, type });
      });
    }
    if (presence) {
      channel.on("presence", { event: "sync" }, () => say({ presence: channel.presenceState() }));
    }
    channel.on("system", {}, (payload) => say({ system: payload }));
    channel.subscribe((status, error) => say({ status, error: error?.message }));
  },
  async send({ topic, event, payload, bytes }) {
    const body = bytes ? new Uint8Array(bytes).buffer : payload;
    const answer = await channels.get(topic).send({ type: "broadcast", event, payload: body });
    say({ sent: answer });
  },
  async http({ topic, event, payload }) {
    say({ sent: await client.channel(topic).httpSend(event, payload) });
  },
  async track({ topic, payload }) {
    say({ tracked: await channels.get(topic).track(payload) });
  },
  async token({ token }) {
    access = token;
    await client.realtime.setAuth();
    say({ renewed: true });
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { do: action, ...options } = JSON.parse(line);
  if (action === "end") break;
  await actions[action](options);
}
await client.removeAllChannels();
process.exit(0);
