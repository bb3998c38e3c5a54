// What the servers with schemas of their own read: one prepared statement for each, for guests.
import DataLoader from 'dataloader'
import pg from 'pg'

const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL, max: 10, idleTimeoutMillis: 0,
})

const PUBLIC = `status = 'PUBLISHED' AND published_at <= now()
  AND (scheduled_unpublish_at IS NULL OR scheduled_unpublish_at > now())`
const ITEM = `id, title, summary, status, created_at AS "createdAt", author_id AS "authorId",
  featured_image_id AS "imageId"`
const USER = 'id, username, full_name AS "fullName", bio'

async function rows(name, text, ...values) {
  return (await pool.query({ name, text, values })).rows
}

export function newest(limit, offset) {
  return rows(
    'newest',
    `SELECT ${ITEM} FROM content_items WHERE ${PUBLIC}
     ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2`,
    limit, offset
  )
}

export function newestOf(authorId, limit, offset) {
  return rows(
    'newestOf',
    `SELECT ${ITEM} FROM content_items WHERE ${PUBLIC} AND author_id = $1
     ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3`,
    authorId, limit, offset
  )
}

export async function users(ids) {
  return byId(ids, await rows('users', `SELECT ${USER} FROM users WHERE id = ANY($1)`, ids))
}

export async function images(ids) {
  const text = 'SELECT id, external_url AS url, width, height FROM media WHERE id = ANY($1)'
  return byId(ids, await rows('images', text, ids))
}

export async function tags(itemIds) {
  const text = `SELECT l.item_id AS "itemId", t.id, t.name
    FROM content_tags l JOIN tags t ON t.id = l.tag_id
    WHERE l.item_id = ANY($1) ORDER BY l.position, t.id`
  const found = new Map(itemIds.map((id) => [id, []]))
  for (const row of await rows('tags', text, itemIds)) found.get(row.itemId).push(row)
  return itemIds.map((id) => found.get(id))
}

function byId(ids, found) {
  const known = new Map(found.map((row) => [row.id, row]))
  return ids.map((id) => known.get(id) ?? null)
}

// Fresh ones for each request, as the documentation of dataloader says.
export function loaders() {
  return {
    user: new DataLoader(users),
    image: new DataLoader(images),
    tags: new DataLoader(tags),
  }
}
