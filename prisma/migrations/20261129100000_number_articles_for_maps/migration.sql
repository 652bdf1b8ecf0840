-- Which part of the sitemap a piece stands in: the ten thousand it was begun among. A part then has an end by itself, however
-- large the archive grows, and nothing needs to be counted to find it.
ALTER TABLE "article" DISABLE TRIGGER USER;
ALTER TABLE "article" ADD COLUMN "serial" INTEGER;
UPDATE "article" a SET "serial" = x.n FROM (SELECT "id", row_number() OVER (ORDER BY "ordered_at", "id") AS n FROM "article") x WHERE x."id" = a."id";
ALTER TABLE "article" ENABLE TRIGGER USER;

CREATE SEQUENCE "article_serial_seq" AS INTEGER OWNED BY "article"."serial";
SELECT setval('article_serial_seq', coalesce(max("serial"), 1), max("serial") IS NOT NULL) FROM "article";
ALTER TABLE "article" ALTER COLUMN "serial" SET DEFAULT nextval('article_serial_seq'), ALTER COLUMN "serial" SET NOT NULL;

CREATE FUNCTION "sitemap_part"(serial integer) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT (serial - 1) / 10000 + 1 $$;

-- The newest change of each part, and the newest withdrawal from it, are an index entry each.
CREATE INDEX "article_in_map" ON "article" ("sitemap_part"("serial"), greatest("updated_at", "ordered_at") DESC) WHERE "status" = 'PUBLISHED';
CREATE INDEX "article_off_map" ON "article" ("sitemap_part"("serial"), "withdrawn_at" DESC) WHERE "status" IN ('UNPUBLISHED', 'RETRACTED');

-- An index of parts that is kept in memory hears of what is withdrawn for good after it was withdrawn already: that changes no list.
CREATE FUNCTION "tell_of_withdrawal"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "tell"(array['withdrawn' || E'\t*']);
  RETURN NULL;
END $$;

CREATE TRIGGER "tell_of_added_withdrawal" AFTER INSERT ON "article" FOR EACH ROW
  WHEN (NEW."withdrawn_at" IS NOT NULL) EXECUTE FUNCTION "tell_of_withdrawal"();
CREATE TRIGGER "tell_of_changed_withdrawal" AFTER UPDATE ON "article" FOR EACH ROW
  WHEN (OLD."withdrawn_at" IS DISTINCT FROM NEW."withdrawn_at") EXECUTE FUNCTION "tell_of_withdrawal"();
