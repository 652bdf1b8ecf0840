-- What must never be, whoever writes.
ALTER TABLE "publication" ADD CONSTRAINT "publication_is_one" CHECK ("id" = 1);

ALTER TABLE "article"
  ADD CONSTRAINT "article_published_has_dates"
    CHECK ("status" <> 'PUBLISHED' OR ("published_at" IS NOT NULL AND "first_published_at" IS NOT NULL)),
  ADD CONSTRAINT "article_withdrawn_says_why"
    CHECK ("status" NOT IN ('UNPUBLISHED', 'RETRACTED') OR ("withdrawn_at" IS NOT NULL AND "withdrawn_reason" IS NOT NULL)),
  ADD CONSTRAINT "article_live_revision_exists" CHECK ("live_revision" BETWEEN 1 AND "revision"),
  ADD CONSTRAINT "article_slug_is_a_segment" CHECK ("slug" ~ '^[^\s/?#]+$'),
  ADD CONSTRAINT "article_path_is_absolute" CHECK ("path" ~ '^/'),
  ADD CONSTRAINT "article_headline_is_not_blank" CHECK (btrim("headline") <> '');

-- The revision that readers get is a row; checked at commit, since the two are written in either order.
ALTER TABLE "article"
  ADD CONSTRAINT "article_live_revision_fkey" FOREIGN KEY ("id", "live_revision")
    REFERENCES "article_revision" ("article_id", "number") DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE "article_revision"
  ADD CONSTRAINT "article_revision_number_counts_from_one" CHECK ("number" >= 1);

ALTER TABLE "byline"
  ADD CONSTRAINT "byline_position_counts_from_one" CHECK ("position" >= 1),
  ADD CONSTRAINT "byline_name_is_not_blank" CHECK (btrim("name") <> '');

ALTER TABLE "section"
  ADD CONSTRAINT "section_slug_is_a_segment" CHECK ("slug" ~ '^[^\s/?#]+$'),
  ADD CONSTRAINT "section_is_not_its_own_parent" CHECK ("parent_id" IS DISTINCT FROM "id");
ALTER TABLE "author" ADD CONSTRAINT "author_slug_is_a_segment" CHECK ("slug" ~ '^[^\s/?#]+$');
ALTER TABLE "tag" ADD CONSTRAINT "tag_slug_is_a_segment" CHECK ("slug" ~ '^[^\s/?#]+$');
ALTER TABLE "partner" ADD CONSTRAINT "partner_slug_is_a_segment" CHECK ("slug" ~ '^[^\s/?#]+$');
ALTER TABLE "collection" ADD CONSTRAINT "collection_slug_is_a_segment" CHECK ("slug" ~ '^[^\s/?#]+$');

ALTER TABLE "image" ADD CONSTRAINT "image_is_on_the_web" CHECK ("url" ~* '^https?://');

ALTER TABLE "comment" ADD CONSTRAINT "comment_is_not_its_own_parent" CHECK ("parent_id" IS DISTINCT FROM "id");

ALTER TABLE "old_address"
  ADD CONSTRAINT "old_address_path_is_absolute" CHECK ("path" ~ '^/'),
  ADD CONSTRAINT "old_address_names_one_thing" CHECK (num_nonnulls("article_id", "section_id", "author_id", "tag_id") = 1);

ALTER TABLE "origin"
  ADD CONSTRAINT "origin_names_one_thing"
    CHECK (num_nonnulls("article_id", "section_id", "author_id", "tag_id", "partner_id", "collection_id") = 1);
