-- Our content in the tables of schema.prisma, which Keystone makes of keystone.ts. They are as
-- `prisma db push` would make them; it is not asked, because it fetches a binary for that.
CREATE TYPE "ContentItemStatusType" AS ENUM ('DRAFT', 'PUBLISHED', 'ARCHIVED');
CREATE TABLE "User" (
    id text PRIMARY KEY, username text NOT NULL DEFAULT '', "fullName" text, bio text
);
CREATE TABLE "Media" (id text PRIMARY KEY, url text, width integer, height integer);
CREATE TABLE "Tag" (id text PRIMARY KEY, name text NOT NULL DEFAULT '');
CREATE TABLE "ContentItem" (
    id text PRIMARY KEY,
    title text NOT NULL DEFAULT '',
    summary text,
    body text NOT NULL DEFAULT '',
    status "ContentItemStatusType",
    "createdAt" timestamp(3) NOT NULL,
    author text REFERENCES "User" ON UPDATE CASCADE ON DELETE SET NULL,
    "featuredImage" text REFERENCES "Media" ON UPDATE CASCADE ON DELETE SET NULL
);
CREATE TABLE "_ContentItem_tags" (
    "A" text REFERENCES "ContentItem" ON UPDATE CASCADE ON DELETE CASCADE,
    "B" text REFERENCES "Tag" ON UPDATE CASCADE ON DELETE CASCADE,
    PRIMARY KEY ("A", "B")
);

INSERT INTO "User" SELECT id, username, full_name, bio FROM public.users;
INSERT INTO "Media" SELECT id, external_url, width, height FROM public.media;
INSERT INTO "Tag" SELECT id, name FROM public.tags;
INSERT INTO "ContentItem"
SELECT
    id, title, summary, body,
    (CASE WHEN status <> 'PUBLISHED' OR (published_at <= now()
        AND (scheduled_unpublish_at IS NULL OR scheduled_unpublish_at > now()))
        THEN status ELSE 'DRAFT' END)::"ContentItemStatusType",
    created_at, author_id, featured_image_id
FROM public.content_items;
INSERT INTO "_ContentItem_tags" SELECT item_id, tag_id FROM public.content_tags;

CREATE INDEX ON "ContentItem" (status);
CREATE INDEX ON "ContentItem" ("createdAt");
CREATE INDEX ON "ContentItem" (author);
CREATE INDEX ON "ContentItem" ("featuredImage");
CREATE INDEX ON "_ContentItem_tags" ("B");
