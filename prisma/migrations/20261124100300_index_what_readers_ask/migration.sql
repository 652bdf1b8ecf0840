-- Readers see only what is published, so their lists scan indexes that hold nothing else.
-- `ordered_at <= now` is a range on them, never a filter behind them.
CREATE INDEX "article_public_newest" ON "article" ("ordered_at" DESC, "id" DESC) WHERE "status" = 'PUBLISHED';
CREATE INDEX "article_public_newest_in_section" ON "article" ("section_id", "ordered_at" DESC, "id" DESC) WHERE "status" = 'PUBLISHED';
CREATE INDEX "article_public_newest_in_language" ON "article" ("language", "ordered_at" DESC, "id" DESC) WHERE "status" = 'PUBLISHED';
CREATE INDEX "article_public_newest_of_partner" ON "article" ("partner_id", "ordered_at" DESC, "id" DESC) WHERE "status" = 'PUBLISHED' AND "partner_id" IS NOT NULL;
CREATE INDEX "article_public_changed" ON "article" ("updated_at" DESC, "id" DESC) WHERE "status" = 'PUBLISHED';
CREATE INDEX "article_public_changed_in_section" ON "article" ("section_id", "updated_at" DESC, "id" DESC) WHERE "status" = 'PUBLISHED';
CREATE INDEX "byline_public_newest" ON "byline" ("author_id", "ordered_at" DESC, "article_id" DESC) WHERE "status" = 'PUBLISHED';
CREATE INDEX "article_tag_public_newest" ON "article_tag" ("tag_id", "ordered_at" DESC, "article_id" DESC) WHERE "status" = 'PUBLISHED';
CREATE INDEX "comment_public" ON "comment" ("article_id", "created_at", "id") WHERE "status" = 'APPROVED';

-- A partner's pieces for the newsroom itself, whatever their status.
CREATE INDEX "article_partner_id_ordered_at_id_idx" ON "article" ("partner_id", "ordered_at" DESC, "id" DESC);
