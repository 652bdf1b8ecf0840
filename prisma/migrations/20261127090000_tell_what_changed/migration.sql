-- Every instance keeps answers in memory and must learn what each write makes untrue. The database tells them itself, on the
-- channel "dateline", when the transaction commits: whoever wrote, and by whatever program.
--
-- A message is lines of text. `article:<id>` names a thing; `path:<path>` and `<kind>/slug:<slug>` name an address at which
-- something stands or does not; `<list><TAB><milliseconds><TAB><id>` names a place in a list that a row takes, leaves or
-- changes at; `<list><TAB>*` the whole of one; `@<milliseconds>` says that it all comes true again at that moment, when a
-- scheduled piece appears. The message `*` is about everything: so much was written at once that details would be no use.

CREATE FUNCTION "milliseconds"(moment timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT (extract(epoch FROM moment) * 1000)::bigint $$;

CREATE FUNCTION "places_told"(lists text[], at timestamptz, id uuid) RETURNS text[] LANGUAGE sql IMMUTABLE AS
$$ SELECT coalesce(array_agg(list || E'\t' || "milliseconds"(at) || E'\t' || id), '{}') FROM unnest(lists) list $$;

CREATE FUNCTION "tell"(lines text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  message text := array_to_string(lines, E'\n');
BEGIN
  IF message <> '' THEN
    -- A message may have 8,000 bytes.
    PERFORM pg_notify('dateline', CASE WHEN octet_length(message) < 7900 THEN message ELSE '*' END);
  END IF;
END $$;

-- The lists by date that an article stands in: all; all for filters of several kinds, which changes inside a row can enter or
-- leave; its section alone; its section and those above it, and its partner, by id and by slug; its language.
CREATE FUNCTION "lists_of"(a "article") RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT array['all', 'any', 'in:' || a."section_id", 'language/' || a."language"]
    || coalesce((SELECT array['partner:' || p."id", 'partner/' || p."slug"] FROM "partner" p WHERE p."id" = a."partner_id"), '{}')
    || coalesce((SELECT array_agg('section:' || s."id") || array_agg('section/' || s."slug") FROM "section" s
         WHERE s."id" = ANY ((SELECT "lineage" FROM "section" WHERE "id" = a."section_id")::uuid[])), '{}')
$$;

CREATE FUNCTION "article_told"(o "article", n "article") RETURNS text[] LANGUAGE plpgsql STABLE AS $$
DECLARE
  article uuid := coalesce(n."id", o."id");
  lines text[] := array['article:' || article];
  moved boolean := o."id" IS NULL OR n."id" IS NULL
    OR (o."status", o."ordered_at", o."section_id", o."partner_id", o."language")
      IS DISTINCT FROM (n."status", n."ordered_at", n."section_id", n."partner_id", n."language");
BEGIN
  IF moved OR (o."slug", o."path") IS DISTINCT FROM (n."slug", n."path") THEN
    lines := lines || array(SELECT line FROM unnest(array[
      'article/slug:' || o."slug", 'article/slug:' || n."slug", 'path:' || o."path", 'path:' || n."path"]) line
      WHERE line IS NOT NULL);
  END IF;
  IF moved THEN
    lines := lines || array(SELECT 'collected:' || "collection_id" FROM "collection_article" WHERE "article_id" = article);
  END IF;
  IF o."status" = 'PUBLISHED' THEN
    IF moved THEN lines := lines || "places_told"("lists_of"(o), o."ordered_at", o."id"); END IF;
    lines := lines || "places_told"(array['all~u', 'any~u'], o."updated_at", o."id");
  END IF;
  IF n."status" = 'PUBLISHED' THEN
    IF moved THEN lines := lines || "places_told"("lists_of"(n), n."ordered_at", n."id"); END IF;
    lines := lines || "places_told"(array['all~u', 'any~u'], n."updated_at", n."id") || ('@' || "milliseconds"(n."ordered_at"));
  END IF;
  RETURN lines;
END $$;

-- A join row: the list of its author or tag, and the filters that name one.
CREATE FUNCTION "join_told"(article uuid, was_in text[], was "article_status", was_at timestamptz,
  is_in text[], "is" "article_status", is_at timestamptz) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
DECLARE
  lines text[] := array['article:' || article];
BEGIN
  IF (was_in, was, was_at) IS DISTINCT FROM (is_in, "is", is_at) THEN
    IF was = 'PUBLISHED' THEN
      lines := lines || "places_told"(was_in || array['any', 'any~u'], was_at, article) || ('any~u' || E'\t*');
    END IF;
    IF "is" = 'PUBLISHED' THEN
      lines := lines || "places_told"(is_in || array['any'], is_at, article) || ('any~u' || E'\t*') || ('@' || "milliseconds"(is_at));
    END IF;
  END IF;
  RETURN array(SELECT line FROM unnest(lines) line WHERE line IS NOT NULL);
END $$;

CREATE FUNCTION "byline_told"(o "byline", n "byline") RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT "join_told"(coalesce(n."article_id", o."article_id"),
    (SELECT array['by:' || "id", 'by/' || "slug"] FROM "author" WHERE "id" = o."author_id"), o."status", o."ordered_at",
    (SELECT array['by:' || "id", 'by/' || "slug"] FROM "author" WHERE "id" = n."author_id"), n."status", n."ordered_at")
$$;

CREATE FUNCTION "article_tag_told"(o "article_tag", n "article_tag") RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT "join_told"(coalesce(n."article_id", o."article_id"),
    (SELECT array['tagged:' || "id", 'tagged/' || "slug"] FROM "tag" WHERE "id" = o."tag_id"), o."status", o."ordered_at",
    (SELECT array['tagged:' || "id", 'tagged/' || "slug"] FROM "tag" WHERE "id" = n."tag_id"), n."status", n."ordered_at")
$$;

-- What has a slug: itself, the addresses it had and has, and the list of its kind.
CREATE FUNCTION "named_told"(kind text, id uuid, was_called text, is_called text, listing text) RETURNS text[]
  LANGUAGE sql IMMUTABLE AS $$
  SELECT array(SELECT DISTINCT line FROM unnest(array[
    kind || ':' || id, kind || '/slug:' || was_called, kind || '/slug:' || is_called, listing]) line WHERE line IS NOT NULL)
$$;

CREATE FUNCTION "section_told"(o "section", n "section") RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT "named_told"('section', coalesce(n."id", o."id"), o."slug", n."slug",
      CASE WHEN (o."id", o."slug", o."parent_id", o."position") IS DISTINCT FROM (n."id", n."slug", n."parent_id", n."position")
        THEN 'sections' END)
    -- One that moves takes its articles from the lists above it to others; one that is renamed gives its list another name.
    || CASE WHEN o."lineage" IS NOT DISTINCT FROM n."lineage" AND o."slug" IS NOT DISTINCT FROM n."slug" THEN '{}'
      ELSE array(SELECT DISTINCT list || E'\t*' FROM (
          SELECT 'section:' || id AS list FROM unnest(o."lineage" || n."lineage") id
          UNION ALL SELECT 'section/' || s."slug" FROM "section" s WHERE s."id" = ANY (o."lineage" || n."lineage")
          UNION ALL SELECT 'section/' || slug FROM unnest(array[o."slug", n."slug"]) slug WHERE slug IS NOT NULL
          UNION ALL SELECT unnest(array['any', 'any~u'])) lists)
      END
$$;

CREATE FUNCTION "author_told"(o "author", n "author") RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT "named_told"('author', coalesce(n."id", o."id"), o."slug", n."slug",
    CASE WHEN (o."id", o."sort_name") IS DISTINCT FROM (n."id", n."sort_name") THEN 'authors' END)
$$;

CREATE FUNCTION "tag_told"(o "tag", n "tag") RETURNS text[] LANGUAGE sql STABLE AS
$$ SELECT "named_told"('tag', coalesce(n."id", o."id"), o."slug", n."slug", NULL) $$;

CREATE FUNCTION "partner_told"(o "partner", n "partner") RETURNS text[] LANGUAGE sql STABLE AS
$$ SELECT "named_told"('partner', coalesce(n."id", o."id"), o."slug", n."slug", NULL) $$;

CREATE FUNCTION "collection_told"(o "collection", n "collection") RETURNS text[] LANGUAGE sql STABLE AS
$$ SELECT "named_told"('collection', coalesce(n."id", o."id"), o."slug", n."slug", 'collections') $$;

CREATE FUNCTION "collection_article_told"(o "collection_article", n "collection_article") RETURNS text[] LANGUAGE sql STABLE AS
$$ SELECT array['collected:' || coalesce(n."collection_id", o."collection_id")] $$;

CREATE FUNCTION "comment_told"(o "comment", n "comment") RETURNS text[] LANGUAGE sql STABLE AS
$$ SELECT array['comments:' || coalesce(n."article_id", o."article_id"), 'comment:' || coalesce(n."id", o."id")]
  || CASE WHEN coalesce(n."parent_id", o."parent_id") IS NULL THEN '{}' ELSE array['replies:' || coalesce(n."parent_id", o."parent_id")] END $$;

CREATE FUNCTION "correction_told"(o "correction", n "correction") RETURNS text[] LANGUAGE sql STABLE AS
$$ SELECT array['article:' || coalesce(n."article_id", o."article_id")] $$;

CREATE FUNCTION "old_address_told"(o "old_address", n "old_address") RETURNS text[] LANGUAGE sql STABLE AS
$$ SELECT array['path:' || coalesce(n."path", o."path")] $$;

CREATE FUNCTION "publication_told"(o "publication", n "publication") RETURNS text[] LANGUAGE sql STABLE AS
$$ SELECT array['publication'] $$;

-- One trigger a statement, so that a statement of ten thousand rows costs one message. Rows before and after are paired by key.
DO $do$
DECLARE
  kind record;
BEGIN
  FOR kind IN SELECT * FROM (VALUES
    ('article', 'o."id" = n."id"'),
    ('byline', 'o."article_id" = n."article_id" AND o."position" = n."position"'),
    ('article_tag', 'o."article_id" = n."article_id" AND o."tag_id" = n."tag_id"'),
    ('section', 'o."id" = n."id"'),
    ('author', 'o."id" = n."id"'),
    ('tag', 'o."id" = n."id"'),
    ('partner', 'o."id" = n."id"'),
    ('collection', 'o."id" = n."id"'),
    ('collection_article', 'o."collection_id" = n."collection_id" AND o."article_id" = n."article_id"'),
    ('comment', 'o."id" = n."id"'),
    ('correction', 'o."id" = n."id"'),
    ('old_address', 'o."path" = n."path"'),
    ('publication', 'o."id" = n."id"')) kinds("table", "key")
  LOOP
    EXECUTE format($f$
      CREATE FUNCTION "tell_of_%1$s"() RETURNS trigger LANGUAGE plpgsql AS $t$
      DECLARE
        most constant int := 40;
      BEGIN
        IF TG_OP = 'INSERT' THEN
          IF (SELECT count(*) FROM "added") > most THEN PERFORM "tell"(array['*']);
          ELSE PERFORM "tell"("%1$s_told"(NULL, n)) FROM "added" n; END IF;
        ELSIF TG_OP = 'DELETE' THEN
          IF (SELECT count(*) FROM "removed") > most THEN PERFORM "tell"(array['*']);
          ELSE PERFORM "tell"("%1$s_told"(o, NULL)) FROM "removed" o; END IF;
        ELSE
          IF (SELECT count(*) FROM "added") > most THEN PERFORM "tell"(array['*']);
          ELSE PERFORM "tell"("%1$s_told"(o, n)) FROM "removed" o FULL JOIN "added" n ON %2$s
            WHERE o IS DISTINCT FROM n; END IF;
        END IF;
        RETURN NULL;
      END $t$;
      CREATE TRIGGER "tell_of_added_%1$s" AFTER INSERT ON "%1$s" REFERENCING NEW TABLE AS "added"
        FOR EACH STATEMENT EXECUTE FUNCTION "tell_of_%1$s"();
      CREATE TRIGGER "tell_of_changed_%1$s" AFTER UPDATE ON "%1$s" REFERENCING OLD TABLE AS "removed" NEW TABLE AS "added"
        FOR EACH STATEMENT EXECUTE FUNCTION "tell_of_%1$s"();
      CREATE TRIGGER "tell_of_removed_%1$s" AFTER DELETE ON "%1$s" REFERENCING OLD TABLE AS "removed"
        FOR EACH STATEMENT EXECUTE FUNCTION "tell_of_%1$s"();
    $f$, kind."table", kind."key");
  END LOOP;
END $do$;
