-- The change log is whole: whoever reads it from its beginning has every piece that readers have. What was imported before
-- the importer wrote to the log is told of here. A schedule that nobody was told of yet is told of when its turn comes.
INSERT INTO "change" ("at", "kind", "article_id", "path")
  SELECT CURRENT_TIMESTAMP, 'PUBLISHED', a."id", a."path" FROM "article" a
  WHERE a."status" = 'PUBLISHED' AND a."announce_at" IS NULL
    AND NOT EXISTS (SELECT FROM "change" c WHERE c."article_id" = a."id")
  ORDER BY a."ordered_at", a."id";
