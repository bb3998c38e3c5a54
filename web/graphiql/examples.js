/** The tabs of a first visit; `userId` is an author with content. */
export const examples = (userId) => [
  { query: sample(userId) },
  { query: latestItems },
  { query: firstPage },
  { query: search, variables: JSON.stringify({ text: 'garden' }, null, 2) },
  { query: richText },
  { query: categoryTree },
]

// The sample query of the guidelines, word for word.
const sample = (userId) => `query GetUserContentItems {
  user(id: "${userId}") {
    id
    username
    contentItems(
      status: PUBLISHED,
      limit: 5,
      offset: 0,
      sortBy: CREATED_AT,
      sortDirection: DESC
    ) {
      id
      title
      summary
      createdAt
      # Only fetch author details we need
      author {
        id
        username
      }
      # Only fetch image details we need
      featuredImage {
        url
        width
        height
      }
    }
  }
}
`

const latestItems = `query LatestItems {
  contentItems(limit: 10) {
    id
    title
    createdAt
    author {
      username
    }
    featuredImage {
      url
      altText
    }
    tags {
      name
    }
  }
}
`

const firstPage = `# For the next page, add: after: "<endCursor>"
query FirstPage {
  contentItemsConnection(
    first: 5
    sort: [{ field: PUBLISHED_AT, direction: DESC }]
  ) {
    totalCount
    nodes {
      title
      publishedAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`

const search = `query Search($text: String!) {
  search(query: $text, first: 5) {
    totalCount
    edges {
      score
      node {
        __typename
        ... on ContentItem {
          title
        }
      }
      highlights {
        field
        html
      }
    }
    facets {
      field
      values {
        label
        count
      }
    }
  }
}
`

const richText = `query RichText {
  contentItems(limit: 1) {
    title
    body {
      html
      wordCount
      headings {
        level
        text
        anchor
      }
    }
  }
}
`

const categoryTree = `query CategoryTree {
  categories(limit: 20) {
    name
    slug
    children {
      name
      slug
      children {
        name
        slug
      }
    }
  }
}
`
