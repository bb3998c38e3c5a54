-- What PostGraphile serves: what a guest sees, as a schema of its own over the tables.
CREATE SCHEMA api;

CREATE VIEW api.users AS
SELECT id, username, full_name, bio FROM public.users;
COMMENT ON VIEW api.users IS E'@primaryKey id';

CREATE VIEW api.media AS
SELECT id, external_url AS url, width, height FROM public.media;
COMMENT ON VIEW api.media IS E'@primaryKey id';

CREATE VIEW api.tags AS
SELECT id, name FROM public.tags;
COMMENT ON VIEW api.tags IS E'@primaryKey id';

CREATE VIEW api.content_items AS
SELECT id, title, summary, status, created_at, author_id, featured_image_id
FROM public.content_items
WHERE status = 'PUBLISHED' AND published_at <= now()
    AND (scheduled_unpublish_at IS NULL OR scheduled_unpublish_at > now());
COMMENT ON VIEW api.content_items IS E'@primaryKey id
@foreignKey (author_id) references users (id)
@foreignKey (featured_image_id) references media (id)';

CREATE FUNCTION api.content_items_tags(item api.content_items) RETURNS SETOF api.tags
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT t.id, t.name
    FROM public.content_tags l JOIN public.tags t ON t.id = l.tag_id
    WHERE l.item_id = item.id ORDER BY l.position, t.id;
END;
