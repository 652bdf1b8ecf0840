-- How many pieces stand in each list, without reading them: whoever writes leaves a row that says by how much a list has changed
-- in one status, and a count is the sum of such rows. Writers only add rows, so that nobody waits for anybody.

-- CreateTable
CREATE TABLE "article_tally" (
    "owner_id" UUID NOT NULL,
    "status" "article_status" NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "pieces" INTEGER NOT NULL,

    CONSTRAINT "article_tally_pkey" PRIMARY KEY ("owner_id","status","id")
);

-- Makes of the rows of each owner one a status. Whoever folds at the same time takes other rows, and no reader sees half of it.
-- What is planned while the table is small must go by the index when it is large, and an index scan, unlike a bitmap's, leaves
-- word of the rows that are gone.
CREATE FUNCTION "fold_article_tally"(owners uuid[]) RETURNS void LANGUAGE plpgsql
  SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
  WITH "taken" AS (
    DELETE FROM "article_tally" WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM "article_tally" WHERE "owner_id" = ANY (owners) FOR UPDATE SKIP LOCKED))
    RETURNING "owner_id", "status", "pieces")
  INSERT INTO "article_tally" ("owner_id", "status", "pieces")
    SELECT "owner_id", "status", sum("pieces") FROM "taken" GROUP BY 1, 2 HAVING sum("pieces") <> 0;
END $$;

-- One statement in sixteen folds, so that a list is some dozens of rows however often it is written to. Not where a row that
-- somebody else has folded since would be a failure to serialise.
CREATE FUNCTION "fold_article_tally_now_and_then"(owners uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF owners IS NOT NULL AND random() < 1.0 / 16 AND current_setting('transaction_isolation') = 'read committed' THEN
    PERFORM "fold_article_tally"(owners);
  END IF;
END $$;

-- What the tally is to come to, read from the pieces themselves.
CREATE FUNCTION "articles_counted"() RETURNS TABLE ("owner_id" uuid, "status" "article_status", "pieces" integer) LANGUAGE sql STABLE AS $$
  SELECT '00000000-0000-0000-0000-000000000000'::uuid, "status", count(*)::integer FROM "article" GROUP BY 1, 2
  UNION ALL SELECT "section_id", "status", count(*)::integer FROM "article" GROUP BY 1, 2
  UNION ALL SELECT "partner_id", "status", count(*)::integer FROM "article" WHERE "partner_id" IS NOT NULL GROUP BY 1, 2
  UNION ALL SELECT "author_id", "status", count(*)::integer FROM "byline" WHERE "author_id" IS NOT NULL GROUP BY 1, 2
  UNION ALL SELECT "tag_id", "status", count(*)::integer FROM "article_tag" GROUP BY 1, 2
$$;

-- Sets the tally right. Writers wait for it, readers do not.
CREATE FUNCTION "recount_articles"() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  LOCK TABLE "article_tally" IN EXCLUSIVE MODE;
  DELETE FROM "article_tally";
  INSERT INTO "article_tally" ("owner_id", "status", "pieces") SELECT * FROM "articles_counted"();
END $$;

CREATE FUNCTION "tally_anew"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "recount_articles"();
  RETURN NULL;
END $$;

-- One trigger a statement: what it changed in each list and status, where that is not nothing. Join rows carry the status of
-- their article, so that they speak for the lists of authors and tags.
DO $do$
DECLARE
  kind record;
  event record;
BEGIN
  FOR kind IN SELECT * FROM (VALUES
    ('article', $$ '00000000-0000-0000-0000-000000000000', "section_id", "partner_id" $$),
    ('byline', '"author_id"'),
    ('article_tag', '"tag_id"')) kinds("table", "owners")
  LOOP
    FOR event IN SELECT * FROM (VALUES
      ('added', 'INSERT', 'NEW TABLE AS "added"', 'SELECT 1 AS "n", * FROM "added"'),
      ('changed', 'UPDATE', 'OLD TABLE AS "removed" NEW TABLE AS "added"',
        'SELECT 1 AS "n", * FROM "added" UNION ALL SELECT -1, * FROM "removed"'),
      ('removed', 'DELETE', 'OLD TABLE AS "removed"', 'SELECT -1 AS "n", * FROM "removed"')) events("name", "event", "tables", "rows")
    LOOP
      EXECUTE format($f$
        CREATE FUNCTION "tally_%2$s_%1$s"() RETURNS trigger LANGUAGE plpgsql AS $t$
        DECLARE
          owners uuid[];
        BEGIN
          WITH "written" AS (
            INSERT INTO "article_tally" ("owner_id", "status", "pieces")
              SELECT owner, "status", sum("n") FROM (%6$s) x CROSS JOIN LATERAL unnest(array[%3$s]::uuid[]) owner
              WHERE owner IS NOT NULL GROUP BY 1, 2 HAVING sum("n") <> 0
            RETURNING "owner_id")
          SELECT array_agg("owner_id") INTO owners FROM "written";
          PERFORM "fold_article_tally_now_and_then"(owners);
          RETURN NULL;
        END $t$;
        CREATE TRIGGER "tally_%2$s_%1$s" AFTER %4$s ON "%1$s" REFERENCING %5$s
          FOR EACH STATEMENT EXECUTE FUNCTION "tally_%2$s_%1$s"();
      $f$, kind."table", event."name", kind."owners", event."event", event."tables", event."rows");
    END LOOP;
    EXECUTE format($f$
      CREATE TRIGGER "tally_%1$s_anew" AFTER TRUNCATE ON "%1$s" FOR EACH STATEMENT EXECUTE FUNCTION "tally_anew"();
    $f$, kind."table");
  END LOOP;
END $do$;

-- Making triggers has locked the tables until this migration is in: no write falls between.
SELECT "recount_articles"();
