// GraphQL Yoga, as its documentation shows it for Node's own HTTP server.
import { createServer } from 'node:http'
import { createSchema, createYoga } from 'graphql-yoga'
import { loaders } from './reads.mjs'
import { resolvers, typeDefs } from './schema.mjs'

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  context: () => ({ load: loaders() }),
  graphiql: false,
  logging: false,
})
createServer(yoga).listen(Number(process.env.PORT), '127.0.0.1')
