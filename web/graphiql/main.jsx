import { createGraphiQLFetcher, StorageAPI } from '@graphiql/toolkit'
import { GraphiQL } from 'graphiql'
import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
import { createRoot } from 'react-dom/client'
import { examples } from './examples.js'
import './style.css'

const url = new URL('../graphql', location.href).href
// What is tried out is no client that depends on it.
const named = { 'GraphQL-Client-Name': 'graphiql' }
const fetcher = createGraphiQLFetcher({ url, headers: named, subscriptionUrl: url.replace(/^http/, 'ws') })

const NEWEST = '{ contentItems(limit: 50) { author { id } featuredImage { id } } }'

/** The id of an author of this server, so that the first example finds something: best a picture. */
async function someUserId() {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...named, 'Content-Type': 'application/json' },
      body: JSON.stringify({ query: NEWEST }),
      signal: AbortSignal.timeout(3000),
    })
    const { data } = await response.json()
    const seen = new Set()
    const newest = data.contentItems.filter(({ author }) => !seen.has(author.id) && seen.add(author.id))
    return (newest.find((item) => item.featuredImage) ?? newest[0]).author.id
  } catch {
    return 'usr_'
  }
}

const firstVisit = !new StorageAPI().get('tabState')
const tabs = firstVisit ? examples(await someUserId()) : undefined

createRoot(document.getElementById('root')).render(
  <GraphiQL fetcher={fetcher} defaultTabs={tabs}>
    <GraphiQL.Logo>ThinkAlike</GraphiQL.Logo>
  </GraphiQL>,
)
