-- Our content as collections of Directus: tables of one's own, which it is told about. Who is not
-- signed in may read all of them; what is not public is left out by the queries, with a filter.
CREATE TABLE users (
    id varchar(255) PRIMARY KEY, username varchar(255) NOT NULL, full_name varchar(255), bio text
);
CREATE TABLE media (id varchar(255) PRIMARY KEY, url varchar(255), width integer, height integer);
CREATE TABLE tags (id varchar(255) PRIMARY KEY, name varchar(255) NOT NULL);
CREATE TABLE content_items (
    id varchar(255) PRIMARY KEY,
    title varchar(500) NOT NULL,
    summary text,
    body text,
    status varchar(255) NOT NULL,
    created_at timestamptz NOT NULL,
    author varchar(255) NOT NULL REFERENCES users,
    featured_image varchar(255) REFERENCES media
);
CREATE TABLE content_items_tags (
    id serial PRIMARY KEY,
    content_items_id varchar(255) NOT NULL REFERENCES content_items,
    tags_id varchar(255) NOT NULL REFERENCES tags,
    sort integer
);

INSERT INTO users SELECT id, username, full_name, bio FROM public.users;
INSERT INTO media SELECT id, external_url, width, height FROM public.media;
INSERT INTO tags SELECT id, name FROM public.tags;
INSERT INTO content_items
SELECT
    id, title, summary, body,
    CASE WHEN status <> 'PUBLISHED' OR (published_at <= now()
        AND (scheduled_unpublish_at IS NULL OR scheduled_unpublish_at > now()))
        THEN status ELSE 'DRAFT' END,
    created_at, author_id, featured_image_id
FROM public.content_items;
INSERT INTO content_items_tags (content_items_id, tags_id, sort)
SELECT item_id, tag_id, position FROM public.content_tags ORDER BY item_id, position, tag_id;

CREATE INDEX ON content_items (created_at, id);
CREATE INDEX ON content_items (author, created_at, id);
CREATE INDEX ON content_items_tags (content_items_id);

INSERT INTO directus_collections (collection)
VALUES ('users'), ('media'), ('tags'), ('content_items'), ('content_items_tags');
INSERT INTO directus_fields (collection, field, special) VALUES
    ('users', 'content_items', 'o2m'),
    ('content_items', 'author', 'm2o'),
    ('content_items', 'featured_image', 'm2o'),
    ('content_items', 'tags', 'm2m');
INSERT INTO directus_relations
    (many_collection, many_field, one_collection, one_field, junction_field, sort_field)
VALUES
    ('content_items', 'author', 'users', 'content_items', NULL, NULL),
    ('content_items', 'featured_image', 'media', NULL, NULL, NULL),
    ('content_items_tags', 'content_items_id', 'content_items', 'tags', 'tags_id', 'sort'),
    ('content_items_tags', 'tags_id', 'tags', NULL, 'content_items_id', NULL);
INSERT INTO directus_permissions (collection, action, fields, policy)
SELECT collection, 'read', '*', policy
FROM directus_collections, directus_access
WHERE role IS NULL AND "user" IS NULL AND collection NOT LIKE 'directus_%';
