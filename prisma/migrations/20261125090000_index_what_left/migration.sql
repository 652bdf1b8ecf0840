-- What was withdrawn, the latest first: feeds tell of it in each of their answers.
CREATE INDEX "article_withdrawn" ON "article" ("withdrawn_at" DESC, "id" DESC) WHERE "status" IN ('UNPUBLISHED', 'RETRACTED');
