// WarpDrive (the JSON:API client that grew out of Ember Data) put together for Node, with its
// development checks on: it complains of whatever it finds wrong in a document.

import {
  CacheHandler, Fetch, RequestManager, Store, recordIdentifierFor, storeFor,
} from '@warp-drive/core'
import { setupSignals } from '@warp-drive/core/configure'
import * as reactive from '@warp-drive/core/reactive'
import { DefaultCachePolicy } from '@warp-drive/core/store'
import { JSONAPICache } from '@warp-drive/json-api'
import { setBuildURLConfig } from '@warp-drive/utilities'
import * as build from '@warp-drive/utilities/json-api'

export const MEDIA_TYPE = 'application/vnd.api+json'
export const complaints = []
const host = process.env.API_HOST

process.on('uncaughtException', (error) => {  // whole, it is the store with all that is in it
  process.stderr.write(`${error.stack}\n${JSON.stringify(error.content?.errors, null, 2)}\n`)
  process.exit(1)
})

console.log = (message) => complaints.push(message.replaceAll('%c', ''))
console.warn = () => {}  // the ready-made modules warn of conditions that hold, too
setBuildURLConfig({ host, namespace: 'api/v2' })
setupSignals(() => ({  // nothing is drawn, so nothing need be told
  createSignal: () => ({}),
  consumeSignal: () => {},
  notifySignal: () => {},
  createMemo: (_object, _key, compute) => compute,
  willSyncFlushWatchers: () => false,
}))

const attribute = (name) => ({ name, kind: 'field' })
const relationship = (kind) => (name, type) => ({
  name, type, kind, options: { async: false, inverse: null, linksMode: true },
})
const one = relationship('belongsTo')
const many = relationship('hasMany')
const SCHEMAS = [
  { type: 'users', fields: [attribute('username'), attribute('fullName')] },
  { type: 'tags', fields: [attribute('name')] },
  {
    type: 'content-items',
    fields: [
      ...['title', 'summary', 'status'].map(attribute), one('author', 'users'), many('tags', 'tags'),
    ],
  },
]
const FIELDS = SCHEMAS.map(({ type, fields }) => [
  `fields[${type}]`, fields.map(({ name }) => name).join(),
])
const INCLUDED = { 'content-items': 'author,tags' }

const signed = {
  request({ request }, next) {
    const headers = new Headers(request.headers)
    headers.set('Authorization', `Bearer ${process.env.API_TOKEN}`)
    headers.set('Accept', MEDIA_TYPE)
    if (request.body) headers.set('Content-Type', MEDIA_TYPE)
    return next({ ...request, headers, url: new URL(request.url, host).href })
  },
}

class Client extends Store {
  requestManager = new RequestManager().use([signed, Fetch]).useCache(CacheHandler)
  lifetimes = new DefaultCachePolicy({ apiCacheHardExpires: 0, apiCacheSoftExpires: 0 })

  createSchemaService() {
    const service = new reactive.SchemaService()
    reactive.registerDerivations(service)
    service.registerResources(SCHEMAS.map(reactive.withDefaults))
    return service
  }

  createCache(capabilities) {
    return new JSONAPICache(capabilities)
  }

  instantiateRecord(key, values) {
    return reactive.instantiateRecord(this, key, values)
  }

  teardownRecord(record) {
    return reactive.teardownRecord(record)
  }
}

const store = new Client()

/** Asks for what the schemas tell of, and for no more: WarpDrive complains of unknown fields. */
function wanted(type, request) {
  const url = new URL(request.url)
  if (INCLUDED[type]) url.searchParams.set('include', INCLUDED[type])
  for (const [name, value] of FIELDS) url.searchParams.set(name, value)
  return { ...request, url: url.href }
}

export function pages(type, query) {
  return new Client().request(wanted(type, build.query(type, query)))
}

/** A resource as somebody sees it who did not write it. */
export async function find(type, id) {
  return (await new Client().request(wanted(type, build.findRecord(type, id)))).content.data
}

export async function create(type, values) {
  const record = store.createRecord(type, values)
  const body = build.serializeResources(store.cache, recordIdentifierFor(record))
  const request = wanted(type, build.createRecord(record))
  const { response } = await store.request({ ...request, body: JSON.stringify(body) })
  return { record, location: response.headers.get('location') }
}

export async function change(record, values) {
  const editable = Object.assign(await reactive.checkout(record), values)
  const owner = storeFor(record)
  const key = recordIdentifierFor(editable)
  const body = build.serializePatch(owner.cache, key)
  const request = wanted(key.type, build.updateRecord(editable, { patch: true }))
  await owner.request({ ...request, body: JSON.stringify(body) })
}

export async function remove(record) {
  const request = build.deleteRecord(record)
  store.deleteRecord(record)
  return (await store.request(request)).response.status
}

export async function relate(record, name, method, others) {
  const { type, id } = recordIdentifierFor(record)
  const url = `${host}/api/v2/${type}/${id}/relationships/${name}`
  const data = others.map((other) => ({ type: name, id: other.id }))
  const request = { url, method, body: JSON.stringify({ data }) }
  return (await store.requestManager.request(request)).response.status
}
