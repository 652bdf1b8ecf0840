-- What readers search: a document for each article, made in the transaction that writes the article, whoever writes.
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- One configuration a language, each blind to accents; `dateline_simple` for every other language, and for words as they stand.
DO $do$
DECLARE
  made record;
BEGIN
  FOR made IN SELECT * FROM (VALUES ('en', 'english'), ('de', 'german'), ('fr', 'french'), ('es', 'spanish'),
    ('ru', 'russian'), ('simple', 'simple')) languages(code, stemmer)
  LOOP
    EXECUTE format('CREATE TEXT SEARCH CONFIGURATION dateline_%s (COPY = pg_catalog.%s)', made.code, made.stemmer);
    EXECUTE format('ALTER TEXT SEARCH CONFIGURATION dateline_%s ALTER MAPPING FOR hword, hword_part, word WITH unaccent, %s',
      made.code, CASE made.stemmer WHEN 'simple' THEN 'simple' ELSE made.stemmer || '_stem' END);
  END LOOP;
END $do$;

CREATE FUNCTION "search_configuration"(language text) RETURNS regconfig LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE split_part(lower(language), '-', 1)
    WHEN 'en' THEN 'public.dateline_en'::regconfig WHEN 'de' THEN 'public.dateline_de'::regconfig
    WHEN 'fr' THEN 'public.dateline_fr'::regconfig WHEN 'es' THEN 'public.dateline_es'::regconfig
    WHEN 'ru' THEN 'public.dateline_ru'::regconfig ELSE 'public.dateline_simple'::regconfig END
$$;

-- Text as words are taken from it. Chinese and Japanese characters stand apart, so that each is a word and several are a
-- phrase. Where the database knows only ASCII (LC_CTYPE is C), signs beyond it would be letters, and capitals would stay.
DO $do$
DECLARE
  knows_letters constant boolean := lower('Ж') = 'ж';
  lowering text := 'given';
BEGIN
  IF NOT knows_letters THEN
    SELECT format('lower(given COLLATE pg_catalog.%I)', collname) INTO lowering FROM pg_collation
      WHERE collname IN ('pg_c_utf8', 'C.utf8', 'C.UTF-8', 'und-x-icu', 'en_US.utf8') AND collnamespace = 'pg_catalog'::regnamespace
      ORDER BY array_position(array['pg_c_utf8', 'C.utf8', 'C.UTF-8', 'und-x-icu', 'en_US.utf8'], collname::text) LIMIT 1;
    lowering := format('regexp_replace(%s, ''[\u00ab\u00b7\u00bb\u060c\u061b\u061f\u2000-\u206f\u3000-\u303f\uff00-\uff0f\uff1a-\uff20]+'', '' '', ''g'')',
      coalesce(lowering, 'given'));
  END IF;
  EXECUTE format($f$
    CREATE FUNCTION "search_letters"(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $t$
      SELECT CASE WHEN given ~ '[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]'
        THEN regexp_replace(%1$s, '([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])', ' \1 ', 'g')
        ELSE %1$s END
    $t$
  $f$, lowering);
END $do$;

-- Words that are joined by a slash are words; the parser would take them for the name of a file.
CREATE FUNCTION "search_text"(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT public.search_letters(translate(given, '/', ' ')) $$;

-- The parser leaves out tags by itself.
CREATE FUNCTION "search_words_of_html"(html text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT public.search_letters(CASE WHEN html ~ '>[^<]*[[:alnum:]]/[[:alnum:]]'
    THEN regexp_replace(left(html, 400000), '<[^>]*>|/', ' ', 'g') ELSE left(html, 400000) END)
$$;

-- What is asked for, in the words of one configuration; null where that would be everything but something, or nothing at all.
CREATE FUNCTION "search_query"(configuration regconfig, given text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN querytree(asked) NOT IN ('', 'T') THEN asked END
  FROM websearch_to_tsquery(configuration, public.search_text(given)) asked
$$;

CREATE FUNCTION "search_week"(at timestamptz) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT floor(extract(epoch FROM at) / 604800)::integer $$;

-- CreateTable
CREATE TABLE "search_document" (
    "article_id" UUID NOT NULL,
    "status" "article_status" NOT NULL,
    "ordered_at" TIMESTAMPTZ(3) NOT NULL,
    "language" TEXT NOT NULL,
    "things" UUID[],
    "weeks" INTEGER[],
    "titles" tsvector NOT NULL,
    "document" tsvector NOT NULL,

    CONSTRAINT "search_document_pkey" PRIMARY KEY ("article_id")
);

-- A document stands in its row: ranking reads a thousand of them, and each that is kept apart costs ten times as much to fetch.
ALTER TABLE "search_document"
  ALTER COLUMN "things" SET STORAGE MAIN,
  ALTER COLUMN "weeks" SET STORAGE MAIN,
  ALTER COLUMN "titles" SET STORAGE MAIN,
  ALTER COLUMN "document" SET STORAGE MAIN;

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)) THEN
    ALTER TABLE "search_document" ALTER COLUMN "document" SET COMPRESSION lz4;
  END IF;
END $$;

-- CreateTable
CREATE TABLE "search_word" (
    "word" TEXT NOT NULL,

    CONSTRAINT "search_word_pkey" PRIMARY KEY ("word")
);

-- CreateTable
CREATE TABLE "search_stale" (
    "article_id" UUID NOT NULL,

    CONSTRAINT "search_stale_pkey" PRIMARY KEY ("article_id")
);

-- AddForeignKey
ALTER TABLE "search_document" ADD CONSTRAINT "search_document_article_id_fkey" FOREIGN KEY ("article_id") REFERENCES "article"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Makes the documents of these articles anew. A retracted piece has none, and is found by nobody.
CREATE FUNCTION "search_refresh"(articles uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM "search_document" d USING "article" a
    WHERE d."article_id" = ANY (articles) AND a."id" = d."article_id" AND a."status" = 'RETRACTED';
  WITH "piece" AS MATERIALIZED (
    SELECT a."id", a."status", a."ordered_at", a."language", r."html", "search_configuration"(a."language") AS "configuration",
      "search_text"(a."headline") AS "headline", "search_text"(a."standfirst") AS "standfirst",
      "search_text"(concat_ws(' ', b."names", t."names")) AS "names",
      array_remove(array[a."section_id", a."partner_id"] || b."ids" || t."ids", NULL) AS "things"
    FROM "article" a
    JOIN "article_revision" r ON r."article_id" = a."id" AND r."number" = a."live_revision"
    CROSS JOIN LATERAL (
      SELECT array_agg(k."author_id") AS "ids",
        string_agg(concat_ws(' ', k."name", nullif(u."name", k."name")), ' ' ORDER BY k."position") AS "names"
      FROM "byline" k LEFT JOIN "author" u ON u."id" = k."author_id" WHERE k."article_id" = a."id") b
    CROSS JOIN LATERAL (
      SELECT array_agg(k."tag_id") AS "ids", string_agg(g."name", ' ' ORDER BY k."position") AS "names"
      FROM "article_tag" k JOIN "tag" g ON g."id" = k."tag_id" WHERE k."article_id" = a."id") t
    WHERE a."id" = ANY (articles) AND a."status" <> 'RETRACTED'
  ), "kept" AS (
    INSERT INTO "search_document" AS d ("article_id", "status", "ordered_at", "language", "things", "weeks", "titles", "document")
    SELECT "id", "status", "ordered_at", "language", "things", array["search_week"("ordered_at")],
      to_tsvector('public.dateline_simple', "headline"),
      setweight(to_tsvector("configuration", "headline"), 'A')
        || setweight(to_tsvector("configuration", coalesce("standfirst", '')), 'B')
        || setweight(to_tsvector("configuration", "names"), 'C')
        || to_tsvector("configuration", "search_words_of_html"("html"))
    FROM "piece"
    ON CONFLICT ("article_id") DO UPDATE SET "status" = excluded."status", "ordered_at" = excluded."ordered_at",
      "language" = excluded."language", "things" = excluded."things", "weeks" = excluded."weeks", "titles" = excluded."titles",
      "document" = excluded."document"
  )
  -- In one order, so that two who keep the same new words wait for each other at most.
  INSERT INTO "search_word" ("word")
  SELECT w."word" FROM (
    SELECT DISTINCT lexeme AS "word" FROM "piece",
      unnest(to_tsvector('public.dateline_simple', concat_ws(' ', "headline", "standfirst", "names")))
    WHERE length(lexeme) BETWEEN 3 AND 40 AND lexeme !~ '[0-9./@]'
  ) w
  WHERE NOT EXISTS (SELECT FROM "search_word" k WHERE k."word" = w."word")
  ORDER BY w."word" ON CONFLICT DO NOTHING;
  PERFORM "tell"(array['search' || E'\t*']);
END $$;

-- What is here already.
DO $$
DECLARE
  next_ids uuid[];
  last uuid;
BEGIN
  LOOP
    SELECT array_agg("id" ORDER BY "id") INTO next_ids
      FROM (SELECT "id" FROM "article" WHERE last IS NULL OR "id" > last ORDER BY "id" LIMIT 500) next;
    EXIT WHEN next_ids IS NULL;
    PERFORM "search_refresh"(next_ids);
    last := next_ids[cardinality(next_ids)];
  END LOOP;
END $$;

-- CreateIndex
CREATE INDEX "search_document_document_things_weeks_idx" ON "search_document" USING GIN ("document", "things", "weeks");

-- CreateIndex
CREATE INDEX "search_document_titles_idx" ON "search_document" USING GIN ("titles");

-- CreateIndex
CREATE INDEX "search_word_word_idx" ON "search_word" USING GIN ("word" gin_trgm_ops);

-- Names as people begin to type them.
CREATE INDEX "author_names" ON "author" USING GIN (to_tsvector('public.dateline_simple', public.search_text("name")));
CREATE INDEX "section_names" ON "section" USING GIN (to_tsvector('public.dateline_simple', public.search_text("name")));
CREATE INDEX "tag_names" ON "tag" USING GIN (to_tsvector('public.dateline_simple', public.search_text("name")));

-- An article is written in several statements. Each marks it, and before the transaction commits its document is made once.
CREATE FUNCTION "search_mark"(ids uuid[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO "search_stale" ("article_id") SELECT DISTINCT id FROM unnest(ids) id WHERE id IS NOT NULL ORDER BY id
  ON CONFLICT DO NOTHING
$$;

CREATE FUNCTION "search_refresh_stale"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  ids uuid[];
BEGIN
  -- The first row's turn takes all that this transaction has marked.
  IF EXISTS (SELECT FROM "search_stale" WHERE "article_id" = NEW."article_id") THEN
    WITH "taken" AS (DELETE FROM "search_stale" RETURNING "article_id")
      SELECT array_agg("article_id" ORDER BY "article_id") INTO ids FROM "taken";
    PERFORM "search_refresh"(ids);
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER "search_refresh_stale" AFTER INSERT ON "search_stale" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION "search_refresh_stale"();

CREATE FUNCTION "search_mark_articles"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM "search_mark"(array(SELECT "id" FROM "added"));
  ELSE
    PERFORM "search_mark"(array(SELECT n."id" FROM "added" n JOIN "removed" o ON o."id" = n."id"
      WHERE (o."headline", o."standfirst", o."language", o."status", o."ordered_at", o."section_id", o."partner_id", o."live_revision")
        IS DISTINCT FROM (n."headline", n."standfirst", n."language", n."status", n."ordered_at", n."section_id", n."partner_id", n."live_revision")));
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "search_mark_added_article" AFTER INSERT ON "article" REFERENCING NEW TABLE AS "added"
  FOR EACH STATEMENT EXECUTE FUNCTION "search_mark_articles"();
CREATE TRIGGER "search_mark_changed_article" AFTER UPDATE ON "article" REFERENCING OLD TABLE AS "removed" NEW TABLE AS "added"
  FOR EACH STATEMENT EXECUTE FUNCTION "search_mark_articles"();

CREATE FUNCTION "search_mark_words"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "search_mark"(array(SELECT n."article_id" FROM "added" n JOIN "removed" o USING ("article_id", "number")
    WHERE o."html" IS DISTINCT FROM n."html"));
  RETURN NULL;
END $$;

CREATE TRIGGER "search_mark_changed_revision" AFTER UPDATE ON "article_revision"
  REFERENCING OLD TABLE AS "removed" NEW TABLE AS "added" FOR EACH STATEMENT EXECUTE FUNCTION "search_mark_words"();

-- Bylines and tags of a piece; what their authors and tags are called.
DO $do$
DECLARE
  rows_of record;
BEGIN
  FOR rows_of IN SELECT * FROM (VALUES
    ('byline', '"position"', '"author_id", "name"'),
    ('article_tag', '"tag_id"', '"tag_id"')) joins("table", "key", "shown")
  LOOP
    EXECUTE format($f$
      CREATE FUNCTION "search_mark_%1$s"() RETURNS trigger LANGUAGE plpgsql AS $t$
      BEGIN
        IF TG_OP = 'INSERT' THEN PERFORM "search_mark"(array(SELECT "article_id" FROM "added"));
        ELSIF TG_OP = 'DELETE' THEN PERFORM "search_mark"(array(SELECT "article_id" FROM "removed"));
        ELSE
          PERFORM "search_mark"(array(SELECT "article_id" FROM (
            (SELECT "article_id", %2$s, %3$s FROM "added" EXCEPT SELECT "article_id", %2$s, %3$s FROM "removed")
            UNION ALL
            (SELECT "article_id", %2$s, %3$s FROM "removed" EXCEPT SELECT "article_id", %2$s, %3$s FROM "added")) changed));
        END IF;
        RETURN NULL;
      END $t$;
      CREATE TRIGGER "search_mark_added_%1$s" AFTER INSERT ON "%1$s" REFERENCING NEW TABLE AS "added"
        FOR EACH STATEMENT EXECUTE FUNCTION "search_mark_%1$s"();
      CREATE TRIGGER "search_mark_changed_%1$s" AFTER UPDATE ON "%1$s" REFERENCING OLD TABLE AS "removed" NEW TABLE AS "added"
        FOR EACH STATEMENT EXECUTE FUNCTION "search_mark_%1$s"();
      CREATE TRIGGER "search_mark_removed_%1$s" AFTER DELETE ON "%1$s" REFERENCING OLD TABLE AS "removed"
        FOR EACH STATEMENT EXECUTE FUNCTION "search_mark_%1$s"();
    $f$, rows_of."table", rows_of."key", rows_of."shown");
  END LOOP;
END $do$;

CREATE FUNCTION "search_mark_named"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'author' THEN
    PERFORM "search_mark"(array(SELECT "article_id" FROM "byline" WHERE "author_id" = NEW."id"));
  ELSE
    PERFORM "search_mark"(array(SELECT "article_id" FROM "article_tag" WHERE "tag_id" = NEW."id"));
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "search_mark_renamed_author" AFTER UPDATE OF "name" ON "author" FOR EACH ROW
  WHEN (OLD."name" IS DISTINCT FROM NEW."name") EXECUTE FUNCTION "search_mark_named"();
CREATE TRIGGER "search_mark_renamed_tag" AFTER UPDATE OF "name" ON "tag" FOR EACH ROW
  WHEN (OLD."name" IS DISTINCT FROM NEW."name") EXECUTE FUNCTION "search_mark_named"();
