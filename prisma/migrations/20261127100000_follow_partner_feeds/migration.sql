-- Feeds of partners whose pieces are taken over; and where a source and an editor have both changed a piece, what the source did.
CREATE TYPE "origin_conflict" AS ENUM ('CHANGED', 'REMOVED');

ALTER TABLE "origin" ADD COLUMN     "conflict" "origin_conflict",
ADD COLUMN     "conflict_at" TIMESTAMPTZ(3);

CREATE TABLE "partner_feed" (
    "id" UUID NOT NULL,
    "partner_id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "section_id" UUID NOT NULL,
    "status" "article_status" NOT NULL DEFAULT 'DRAFT',
    "every_minutes" INTEGER NOT NULL DEFAULT 15,
    "etag" TEXT,
    "last_modified" TEXT,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "polled_at" TIMESTAMPTZ(3),
    "answered" INTEGER,
    "problem" TEXT,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "created" INTEGER NOT NULL DEFAULT 0,
    "updated" INTEGER NOT NULL DEFAULT 0,
    "withdrawn" INTEGER NOT NULL DEFAULT 0,
    "disabled_at" TIMESTAMPTZ(3),
    "disabled_reason" TEXT,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "partner_feed_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "partner_feed_partner_id_idx" ON "partner_feed"("partner_id");

CREATE INDEX "partner_feed_section_id_idx" ON "partner_feed"("section_id");

ALTER TABLE "partner_feed" ADD CONSTRAINT "partner_feed_partner_id_fkey" FOREIGN KEY ("partner_id") REFERENCES "partner"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "partner_feed" ADD CONSTRAINT "partner_feed_section_id_fkey" FOREIGN KEY ("section_id") REFERENCES "section"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Holds conflicts alone, for the desk to list.
CREATE INDEX "origin_in_conflict" ON "origin" ("system", "conflict_at") WHERE "conflict" IS NOT NULL;
