-- Our content in the tables that Strapi has made of src/api; our ids are its document ids. An item
-- has a draft, and another row with its published version. Who is not signed in may read all.
INSERT INTO authors (document_id, username, full_name, bio, created_at, updated_at, published_at)
SELECT id, username, full_name, bio, created_at, updated_at, created_at FROM public.users;
INSERT INTO tags (document_id, name, created_at, updated_at, published_at)
SELECT id, name, now(), now(), now() FROM public.tags;
INSERT INTO files (
    document_id, name, hash, ext, mime, size, provider, folder_path, url, width, height,
    created_at, updated_at, published_at
)
SELECT
    id, file_name, id, '', mime_type, coalesce(size, 0) / 1000.0, 'local', '/', external_url,
    width, height, created_at, updated_at, created_at
FROM public.media;
INSERT INTO content_items
    (document_id, title, summary, body, created_at, updated_at, published_at)
SELECT i.id, title, summary, body, created_at, updated_at, version.published
FROM public.content_items i, LATERAL (
    SELECT NULL::timestamp AS published
    UNION ALL
    SELECT published_at WHERE status = 'PUBLISHED' AND published_at <= now()
        AND (scheduled_unpublish_at IS NULL OR scheduled_unpublish_at > now())
) version;

INSERT INTO content_items_author_lnk (content_item_id, author_id, content_item_ord)
SELECT i.id, a.id, row_number() OVER (PARTITION BY a.id ORDER BY i.id)
FROM content_items i
JOIN public.content_items ours ON ours.id = i.document_id
JOIN authors a ON a.document_id = ours.author_id;
INSERT INTO content_items_tags_lnk (content_item_id, tag_id, tag_ord)
SELECT i.id, t.id, row_number() OVER (PARTITION BY i.id ORDER BY l.position, l.tag_id)
FROM content_items i
JOIN public.content_tags l ON l.item_id = i.document_id
JOIN tags t ON t.document_id = l.tag_id;
INSERT INTO files_related_mph (file_id, related_id, related_type, field, "order")
SELECT f.id, i.id, 'api::content-item.content-item', 'featuredImage', 1
FROM content_items i
JOIN public.content_items ours ON ours.id = i.document_id
JOIN files f ON f.document_id = ours.featured_image_id;

-- Strapi indexes its links, but nothing to sort by.
CREATE INDEX ON content_items (created_at, id) WHERE published_at IS NOT NULL;

WITH permission AS (
    INSERT INTO up_permissions (document_id, action, created_at, updated_at, published_at)
    SELECT md5(action), action, now(), now(), now() FROM unnest(ARRAY[
        'api::author.author.find', 'api::author.author.findOne',
        'api::content-item.content-item.find', 'api::content-item.content-item.findOne',
        'api::tag.tag.find', 'api::tag.tag.findOne'
    ]) action RETURNING id
)
INSERT INTO up_permissions_role_lnk (permission_id, role_id)
SELECT permission.id, up_roles.id FROM permission, up_roles WHERE up_roles.type = 'public';
