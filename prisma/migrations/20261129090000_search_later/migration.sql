-- Who writes very many articles leaves their search documents for later, when they are made many at a time and off to the side.
ALTER TABLE "search_stale" ADD COLUMN "later" BOOLEAN NOT NULL DEFAULT false;

-- What a transaction makes itself is found without a look at what others left.
CREATE INDEX "search_stale_now" ON "search_stale" ("article_id") WHERE NOT "later";

-- `dateline.search_later` is set by who leaves documents for later. What it changes is found by nobody until its document is
-- made: a document that stood would still say who may see the article as it was.
CREATE OR REPLACE FUNCTION "search_mark"(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  is_later constant boolean := coalesce(current_setting('dateline.search_later', true), '') = 'on';
BEGIN
  PERFORM "search_mark"(ids, is_later);
  IF is_later THEN DELETE FROM "search_document" WHERE "article_id" = ANY (ids); END IF;
END $$;

-- A mark that this transaction has made is enough. One of another's is waited for: its document may be made just now, of the
-- article as it was.
CREATE FUNCTION "search_mark"(ids uuid[], is_later boolean) RETURNS void LANGUAGE sql AS $$
  INSERT INTO "search_stale" AS s ("article_id", "later")
    SELECT DISTINCT id, is_later FROM unnest(ids) id
    WHERE id IS NOT NULL AND NOT EXISTS (SELECT FROM "search_stale" k
      WHERE k."article_id" = id AND k."later" = is_later AND k.xmin = pg_current_xact_id()::xid)
    ORDER BY id
  ON CONFLICT ("article_id") DO UPDATE SET "later" = false WHERE s."later" AND NOT excluded."later"
$$;

DROP TRIGGER "search_refresh_stale" ON "search_stale";

CREATE OR REPLACE FUNCTION "search_refresh_stale"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  ids uuid[];
BEGIN
  -- The first row's turn takes all that this transaction has marked.
  IF EXISTS (SELECT FROM "search_stale" WHERE "article_id" = NEW."article_id" AND NOT "later") THEN
    WITH "taken" AS (DELETE FROM "search_stale" WHERE NOT "later" RETURNING "article_id")
      SELECT array_agg("article_id" ORDER BY "article_id") INTO ids FROM "taken";
    PERFORM "search_refresh"(ids);
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER "search_refresh_stale" AFTER INSERT OR UPDATE ON "search_stale" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NOT NEW."later") EXECUTE FUNCTION "search_refresh_stale"();

-- Makes some of the documents that were left, and tells of how many. Several may do so at once.
CREATE FUNCTION "search_refresh_later"(most integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  ids uuid[];
BEGIN
  WITH "taken" AS (
    DELETE FROM "search_stale" WHERE "article_id" IN (
      SELECT "article_id" FROM "search_stale" WHERE "later" ORDER BY "article_id" LIMIT most FOR UPDATE SKIP LOCKED)
    RETURNING "article_id")
  SELECT array_agg("article_id" ORDER BY "article_id") INTO ids FROM "taken";
  IF ids IS NULL THEN RETURN 0; END IF;
  PERFORM "search_refresh"(ids);
  RETURN cardinality(ids);
END $$;

-- A name that stands on very many pieces is changed without waiting for all of their documents.
CREATE OR REPLACE FUNCTION "search_mark_named"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  ids uuid[];
BEGIN
  IF TG_TABLE_NAME = 'author' THEN
    ids := array(SELECT "article_id" FROM "byline" WHERE "author_id" = NEW."id");
  ELSE
    ids := array(SELECT "article_id" FROM "article_tag" WHERE "tag_id" = NEW."id");
  END IF;
  IF cardinality(ids) > 200 THEN PERFORM "search_mark"(ids, true); ELSE PERFORM "search_mark"(ids); END IF;
  RETURN NULL;
END $$;
