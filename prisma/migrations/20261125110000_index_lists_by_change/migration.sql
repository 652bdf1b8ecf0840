-- "Last changed first" of a partner or in a language is a page of index entries, as it is of a section, author or tag.
CREATE INDEX "article_public_changed_in_language" ON "article" ("language", "updated_at" DESC, "id" DESC) WHERE "status" = 'PUBLISHED';
CREATE INDEX "article_public_changed_of_partner" ON "article" ("partner_id", "updated_at" DESC, "id" DESC) WHERE "status" = 'PUBLISHED' AND "partner_id" IS NOT NULL;
