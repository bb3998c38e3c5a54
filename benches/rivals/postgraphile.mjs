// PostGraphile 5, as its documentation shows it for Node's own HTTP server, on views.sql.
import { createServer } from 'node:http'
import { readFileSync } from 'node:fs'
import { PgSimplifyInflectionPreset } from '@graphile/simplify-inflection'
import { grafserv } from 'postgraphile/grafserv/node'
import { makePgService } from 'postgraphile/adaptors/pg'
import { postgraphile } from 'postgraphile'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import pg from 'pg'

const connectionString = process.env.DATABASE_URL
const client = new pg.Client({ connectionString })
await client.connect()
await client.query(readFileSync(new URL('views.sql', import.meta.url), 'utf8'))
await client.end()

const preset = {
  extends: [PostGraphileAmberPreset, PgSimplifyInflectionPreset],
  pgServices: [
    makePgService({
      connectionString, schemas: ['api'], poolConfig: { max: 10, idleTimeoutMillis: 0 },
    }),
  ],
  schema: { defaultBehavior: '-connection +list -insert -update -delete' },
  grafast: { explain: false },
  grafserv: { graphiql: false, watch: false },
}
const served = postgraphile(preset).createServ(grafserv)
const server = createServer()
await served.addTo(server)
server.listen(Number(process.env.PORT), '127.0.0.1')
