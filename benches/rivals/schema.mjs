// The part of our schema that the queries ask for.
import { newest, newestOf } from './reads.mjs'

export const typeDefs = `
  enum ContentStatus { DRAFT PUBLISHED ARCHIVED }
  enum ContentItemSortField { CREATED_AT }
  enum SortDirection { ASC DESC }
  scalar DateTime

  type Query {
    user(id: ID!): User
    contentItems(limit: Int = 10, offset: Int = 0): [ContentItem!]!
  }

  type User {
    id: ID!
    username: String!
    fullName: String
    bio: String
    contentItems(
      status: ContentStatus, limit: Int = 10, offset: Int = 0,
      sortBy: ContentItemSortField = CREATED_AT, sortDirection: SortDirection = DESC
    ): [ContentItem!]!
  }

  type ContentItem {
    id: ID!
    title: String!
    summary: String
    status: ContentStatus!
    createdAt: DateTime!
    author: User!
    featuredImage: Image
    tags: [Tag!]!
  }

  type Image { id: ID! url: String width: Int height: Int }
  type Tag { id: ID! name: String! }
`

export const roots = {
  Query: {
    contentItems: (_, { limit, offset }) => newest(limit, offset),
  },
  User: {
    contentItems: (user, { limit, offset }) => newestOf(user.id, limit, offset),
  },
}

// Mercurius has loaders of its own; the others take these.
export const resolvers = {
  Query: {
    ...roots.Query,
    user: (_, { id }, { load }) => load.user.load(id),
  },
  User: roots.User,
  ContentItem: {
    author: (item, _, { load }) => load.user.load(item.authorId),
    featuredImage: (item, _, { load }) => item.imageId && load.image.load(item.imageId),
    tags: (item, _, { load }) => load.tags.load(item.id),
  },
}
