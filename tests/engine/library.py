"""The schema of these tests: a library with every shape that limits and costs look at."""

from graphql import build_schema

SDL = """
directive @track(note: String) repeatable on QUERY | VARIABLE_DEFINITION | FIELD
  | FRAGMENT_DEFINITION | FRAGMENT_SPREAD | INLINE_FRAGMENT
enum Status { DRAFT PUBLISHED }
input Filter { status: Status, not: Filter, tags: [[[String]]], title: String, least: Int }
interface Node { id: ID! }
type User implements Node {
  id: ID!, name: String, user: User, friends: [User!]!
  posts(limit: Int = 20, filter: Filter): [Post!]!
  postConnection(first: Int, last: Int, after: String): PostConnection!, roles: [String!]!
}
type Post implements Node {
  id: ID!, title: String, status: Status, author: User!, tags: [String!]!
}
type PostEdge { node: Post!, cursor: String! }
type PageInfo { hasNextPage: Boolean! }
type PostConnection { edges: [PostEdge!]!, nodes: [Post!]!, pageInfo: PageInfo! }
union Found = User | Post
type Query {
  node(id: ID!): Node
  nodes(ids: [ID!]!): [Node]!
  user(id: ID, filter: Filter): User
  users(limit: Int = 20, filter: Filter): [User!]!
  newest(first: Int, limit: Int): [Post!]!
  found: [Found!]!
  everyone: [User!]!
  posts(first: Int = 7, after: String): PostConnection!
}
type Mutation { rename(id: ID!, name: String): User }
"""

library = build_schema(SDL)
