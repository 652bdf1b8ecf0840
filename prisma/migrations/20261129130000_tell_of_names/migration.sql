-- What readers are offered while they type depends on every name there is: one that is given, changed or gone is told of, as
-- the list "names". What carries a name is told of already.

CREATE FUNCTION "names_told"(was_id uuid, was_called text, is_id uuid, is_called text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN (was_id, was_called) IS DISTINCT FROM (is_id, is_called) THEN array['names' || E'\t*'] ELSE '{}' END
$$;

CREATE OR REPLACE FUNCTION "section_told"(o "section", n "section") RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT "named_told"('section', coalesce(n."id", o."id"), o."slug", n."slug",
      CASE WHEN (o."id", o."slug", o."parent_id", o."position") IS DISTINCT FROM (n."id", n."slug", n."parent_id", n."position")
        THEN 'sections' END)
    || "names_told"(o."id", o."name", n."id", n."name")
    -- One that moves takes its articles from the lists above it to others; one that is renamed gives its list another name.
    || CASE WHEN o."lineage" IS NOT DISTINCT FROM n."lineage" AND o."slug" IS NOT DISTINCT FROM n."slug" THEN '{}'
      ELSE array(SELECT DISTINCT list || E'\t*' FROM (
          SELECT 'section:' || id AS list FROM unnest(o."lineage" || n."lineage") id
          UNION ALL SELECT 'section/' || s."slug" FROM "section" s WHERE s."id" = ANY (o."lineage" || n."lineage")
          UNION ALL SELECT 'section/' || slug FROM unnest(array[o."slug", n."slug"]) slug WHERE slug IS NOT NULL
          UNION ALL SELECT unnest(array['any', 'any~u'])) lists)
      END
$$;

CREATE OR REPLACE FUNCTION "author_told"(o "author", n "author") RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT "named_told"('author', coalesce(n."id", o."id"), o."slug", n."slug",
      CASE WHEN (o."id", o."sort_name") IS DISTINCT FROM (n."id", n."sort_name") THEN 'authors' END)
    || "names_told"(o."id", o."name", n."id", n."name")
$$;

CREATE OR REPLACE FUNCTION "tag_told"(o "tag", n "tag") RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT "named_told"('tag', coalesce(n."id", o."id"), o."slug", n."slug", NULL)
    || "names_told"(o."id", o."name", n."id", n."name")
$$;
