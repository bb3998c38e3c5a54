// Mercurius, as its README and docs/loaders.md show it, with its compiler on.
import Fastify from 'fastify'
import mercurius from 'mercurius'
import { images, tags, users } from './reads.mjs'
import { roots, typeDefs } from './schema.mjs'

// Without its cache, which is keyed by every parent as JSON, it answers in less.
const batched = (load, key) => ({
  loader: (queries) => load(queries.map(({ obj }) => obj[key])),
  opts: { cache: false },
})

const app = Fastify()
app.register(mercurius, {
  schema: typeDefs,
  resolvers: {
    ...roots,
    Query: { ...roots.Query, user: async (_, { id }) => (await users([id]))[0] },
  },
  loaders: {
    ContentItem: {
      author: batched(users, 'authorId'),
      featuredImage: batched(images, 'imageId'),
      tags: batched(tags, 'id'),
    },
  },
  jit: 1,
})
await app.listen({ port: Number(process.env.PORT) })
