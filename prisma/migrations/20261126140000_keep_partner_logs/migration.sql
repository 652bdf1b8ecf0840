-- CreateTable
CREATE TABLE "partner_log" (
    "partner_id" UUID NOT NULL,
    "xid" BIGINT NOT NULL,
    "change_id" BIGINT NOT NULL,
    "revision" INTEGER NOT NULL,
    "depth" "depth",
    "images" BOOLEAN,
    "compared_to" UUID,
    "refreshes" BOOLEAN NOT NULL DEFAULT false,
    "seen_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "partner_log_pkey" PRIMARY KEY ("partner_id")
);

-- CreateTable
CREATE TABLE "partner_piece" (
    "partner_id" UUID NOT NULL,
    "article_id" UUID NOT NULL,
    "held" BOOLEAN NOT NULL,

    CONSTRAINT "partner_piece_pkey" PRIMARY KEY ("partner_id","article_id")
);

-- CreateTable
CREATE TABLE "partner_change" (
    "id" BIGSERIAL NOT NULL,
    "partner_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "kind" "change_kind" NOT NULL,
    "article_id" UUID NOT NULL,
    "path" TEXT NOT NULL,
    "reason" TEXT,

    CONSTRAINT "partner_change_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "partner_piece_article_id_idx" ON "partner_piece"("article_id");

-- CreateIndex
CREATE INDEX "partner_change_partner_id_id_idx" ON "partner_change"("partner_id", "id");

-- CreateIndex
CREATE INDEX "partner_change_article_id_idx" ON "partner_change"("article_id");

-- AddForeignKey
ALTER TABLE "partner_log" ADD CONSTRAINT "partner_log_partner_id_fkey" FOREIGN KEY ("partner_id") REFERENCES "partner"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "partner_piece" ADD CONSTRAINT "partner_piece_partner_id_fkey" FOREIGN KEY ("partner_id") REFERENCES "partner"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "partner_piece" ADD CONSTRAINT "partner_piece_article_id_fkey" FOREIGN KEY ("article_id") REFERENCES "article"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "partner_change" ADD CONSTRAINT "partner_change_partner_id_fkey" FOREIGN KEY ("partner_id") REFERENCES "partner"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "partner_change" ADD CONSTRAINT "partner_change_article_id_fkey" FOREIGN KEY ("article_id") REFERENCES "article"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A delay that runs out is found without looking through the archive.
CREATE INDEX "article_public_first" ON "article" ("first_published_at") WHERE "status" = 'PUBLISHED';
