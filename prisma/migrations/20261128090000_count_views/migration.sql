-- CreateTable
CREATE TABLE "reader_salt" (
    "day" DATE NOT NULL,
    "salt" BYTEA NOT NULL,

    CONSTRAINT "reader_salt_pkey" PRIMARY KEY ("day")
);

-- CreateTable
CREATE TABLE "reader_seen" (
    "minutes" SMALLINT NOT NULL,
    "begins" TIMESTAMPTZ(3) NOT NULL,
    "article_id" UUID NOT NULL,
    "reader" BYTEA NOT NULL,

    CONSTRAINT "reader_seen_pkey" PRIMARY KEY ("minutes","begins","article_id","reader")
);

-- CreateTable
CREATE TABLE "readership" (
    "minutes" SMALLINT NOT NULL,
    "begins" TIMESTAMPTZ(3) NOT NULL,
    "article_id" UUID NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "readership_pkey" PRIMARY KEY ("minutes","begins","article_id")
);

-- CreateIndex
CREATE INDEX "readership_minutes_begins_count_article_id_idx" ON "readership"("minutes", "begins", "count" DESC, "article_id");

-- CreateIndex
CREATE INDEX "readership_article_id_minutes_begins_idx" ON "readership"("article_id", "minutes", "begins");
