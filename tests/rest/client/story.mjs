// Reads and writes through /api/v2 and prints what it saw, as JSON, for the test to compare.

import { change, complaints, create, find, pages, relate, remove } from './store.mjs'

const seen = {}
const shown = ({ id, title, summary, status, author, tags }) => ({
  id, title, summary, status, author: author?.username, tags: tags.map(({ name }) => name),
})
const refusal = async (work) => {
  try {
    await work()
    return 'no refusal'
  } catch ({ status, content }) {
    return { status, errors: content?.errors }
  }
}

const { record: otters } = await create('tags', { name: 'otters' })
const { record: lakes } = await create('tags', { name: 'lakes' })
const made = []
for (const title of ['One', 'Two', 'Three', 'Four', 'Five']) {
  made.push(await create('content-items', { title, summary: 'Short.', tags: [otters] }))
}
const [{ record: item, location }] = made
seen.created = shown(item)
seen.location = location

await change(await find('content-items', item.id), { title: 'Uno' })
seen.changed = shown(await find('content-items', item.id))
seen.added = await relate(item, 'tags', 'POST', [lakes])
seen.afterAdding = shown(await find('content-items', item.id)).tags
seen.replaced = await relate(item, 'tags', 'PATCH', [lakes])
seen.afterReplacing = shown(await find('content-items', item.id)).tags
seen.removed = await relate(item, 'tags', 'DELETE', [lakes])
seen.afterRemoving = shown(await find('content-items', item.id)).tags

seen.pages = []
let { content: page } = await pages('content-items', { 'page[size]': 2, sort: 'title' })
for (; page; page = await page.next()) seen.pages.push(page.data.map(({ title }) => title))

seen.deleted = await remove(item)
seen.gone = await refusal(() => find('content-items', location.split('/').at(-1)))
seen.invalid = await refusal(() => create('content-items', { title: '' }))

process.stdout.write(JSON.stringify({ ...seen, complaints }))
