// Apollo Server, as its documentation shows it: the standalone server.
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { loaders } from './reads.mjs'
import { resolvers, typeDefs } from './schema.mjs'

await startStandaloneServer(new ApolloServer({ typeDefs, resolvers }), {
  context: async () => ({ load: loaders() }),
  listen: { port: Number(process.env.PORT), host: '127.0.0.1' },
})
