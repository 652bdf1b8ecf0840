-- A scheduled piece is public when its moment comes, because reading says so. That it has come is told once: the moment
-- stands here from the scheduling until the change log has it.
ALTER TABLE "article" ADD COLUMN     "announce_at" TIMESTAMPTZ(3);

UPDATE "article" SET "announce_at" = "published_at" WHERE "status" = 'PUBLISHED' AND "ordered_at" > CURRENT_TIMESTAMP;

ALTER TABLE "article" ADD CONSTRAINT "article_announces_its_publication"
  CHECK ("announce_at" IS NULL OR ("status" = 'PUBLISHED' AND "announce_at" = "published_at"));

-- Holds schedules alone, so that looking for what is due never grows with the archive.
CREATE INDEX "article_to_announce" ON "article" ("announce_at", "id") WHERE "announce_at" IS NOT NULL;
