// One socket of graphql-ws: operations, errors, a mutation, side by side, until the server wants
// fresh proof, and again. What it saw goes to standard output.
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const { API_HOST, API_TOKEN } = process.env;
const seen = { closed: [] };
let proofs = 0;

const client = createClient({
  url: `${API_HOST.replace("http", "ws")}/graphql`,
  webSocketImpl: WebSocket, // older Nodes have none of their own
  lazy: false,
  retryAttempts: 3,
  retryWait: async () => {},
  onNonLazyError: () => {},
  connectionParams: () => ({ Authorization: proofs++ ? `Bearer ${API_TOKEN}` : "Bearer stale" }),
  on: { closed: (event) => seen.closed.push([event.code, event.reason]) },
});

async function ask(query, variables) {
  for await (const result of client.iterate({ query, variables })) return result;
}

const VIEWER = "{ viewer { user { role } } }";
seen.viewer = (await ask(VIEWER)).data;
seen.proofs = proofs;
const create = "mutation ($name: String!) { createTag(input: {name: $name}) { tag { name } } }";
seen.created = (await ask(create, { name: "otters" })).data;
seen.together = await Promise.all([1, 2, 3].map(async () => (await ask(VIEWER)).data.viewer.user.role));
seen.failed = (await ask("{ contentItems(limit: 1000) { id } }")).errors?.[0].extensions.code ?? null;
seen.invalid = await ask("{ nothing }").catch((errors) => errors[0].extensions.code);
await client.dispose();
console.log(JSON.stringify(seen));
