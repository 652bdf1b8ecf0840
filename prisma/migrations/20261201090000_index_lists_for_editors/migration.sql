-- Who sees more than what is published pages by an index too, whatever a list is of and however it is ordered.
CREATE INDEX "article_section_id_updated_at_id_idx" ON "article"("section_id", "updated_at" DESC, "id" DESC);
CREATE INDEX "article_partner_id_updated_at_id_idx" ON "article"("partner_id", "updated_at" DESC, "id" DESC);
CREATE INDEX "article_language_ordered_at_id_idx" ON "article"("language", "ordered_at" DESC, "id" DESC);
CREATE INDEX "article_language_updated_at_id_idx" ON "article"("language", "updated_at" DESC, "id" DESC);
