-- AlterTable
ALTER TABLE "comment" ADD COLUMN     "held_because" TEXT,
ADD COLUMN     "moderated_at" TIMESTAMPTZ(3),
ADD COLUMN     "moderated_by" TEXT,
ADD COLUMN     "moderation_reason" TEXT,
ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 1;

-- CreateIndex
CREATE INDEX "comment_status_created_at_id_idx" ON "comment"("status", "created_at", "id");

-- Readers see approved comments alone: one that waits, or is turned down, makes no answer untrue.
CREATE OR REPLACE FUNCTION "comment_told"(o "comment", n "comment") RETURNS text[] LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN o."status" = 'APPROVED' OR n."status" = 'APPROVED' THEN
    array['comments:' || coalesce(n."article_id", o."article_id"), 'comment:' || coalesce(n."id", o."id")]
    || CASE WHEN coalesce(n."parent_id", o."parent_id") IS NULL THEN '{}' ELSE array['replies:' || coalesce(n."parent_id", o."parent_id")] END
  ELSE '{}' END $$;
