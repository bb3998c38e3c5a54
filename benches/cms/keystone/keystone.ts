// Our content as lists of Keystone, which everyone may read; what is not public is left out by the
// queries, with a filter.
import { config, list } from '@keystone-6/core'
import { allowAll, denyAll } from '@keystone-6/core/access'
import { integer, relationship, select, text, timestamp } from '@keystone-6/core/fields'
import { PrismaPg } from '@prisma/adapter-pg'

const access = {
  operation: { query: allowAll, create: denyAll, update: denyAll, delete: denyAll },
}
const own = { idField: { kind: 'string' } } as const
const connection = { connectionString: process.env.DATABASE_URL, max: 10, idleTimeoutMillis: 0 }

export default config({
  db: {
    provider: 'postgresql',
    prismaClientOptions: () => ({ adapter: new PrismaPg(connection, { schema: 'keystone' }) }),
  },
  graphql: { path: '/graphql', playground: false },
  server: { port: Number(process.env.PORT), options: { host: '127.0.0.1' } },
  telemetry: false,
  ui: { isDisabled: true },
  lists: {
    User: list({
      access,
      db: own,
      fields: {
        username: text({ validation: { isRequired: true } }),
        fullName: text({ db: { isNullable: true } }),
        bio: text({ db: { isNullable: true } }),
        contentItems: relationship({ ref: 'ContentItem.author', many: true }),
      },
    }),
    Media: list({
      access,
      db: own,
      graphql: { plural: 'ManyMedia' },
      fields: { url: text({ db: { isNullable: true } }), width: integer(), height: integer() },
    }),
    Tag: list({
      access,
      db: own,
      fields: {
        name: text({ validation: { isRequired: true } }),
        contentItems: relationship({ ref: 'ContentItem.tags', many: true }),
      },
    }),
    ContentItem: list({
      access,
      db: own,
      fields: {
        title: text({ validation: { isRequired: true } }),
        summary: text({ db: { isNullable: true } }),
        body: text(),
        status: select({
          type: 'enum',
          options: [
            { label: 'Draft', value: 'DRAFT' },
            { label: 'Published', value: 'PUBLISHED' },
            { label: 'Archived', value: 'ARCHIVED' },
          ],
          isIndexed: true,
        }),
        createdAt: timestamp({ validation: { isRequired: true }, isIndexed: true }),
        author: relationship({ ref: 'User.contentItems' }),
        featuredImage: relationship({ ref: 'Media' }),
        tags: relationship({ ref: 'Tag.contentItems', many: true }),
      },
    }),
  },
})
