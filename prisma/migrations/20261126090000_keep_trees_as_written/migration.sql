-- A tree is read whole or not at all: as `json` it is stored as it came, attributes in their order, and taking it in costs half.
ALTER TABLE "article_revision" ALTER COLUMN "tree" TYPE JSON USING "tree"::json;

-- Bodies are compressed by the faster method where the server has it (PostgreSQL 14 built with lz4); otherwise as ever.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)) THEN
    ALTER TABLE "article_revision"
      ALTER COLUMN "html" SET COMPRESSION lz4,
      ALTER COLUMN "tree" SET COMPRESSION lz4,
      ALTER COLUMN "opening" SET COMPRESSION lz4;
  END IF;
END $$;
