-- What a piece stood in while readers could read it and does not any more: its feeds tell of the withdrawal there, too.
CREATE TABLE "departure" (
    "article_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,

    CONSTRAINT "departure_pkey" PRIMARY KEY ("article_id", "owner_id")
);

-- AddForeignKey
ALTER TABLE "departure" ADD CONSTRAINT "departure_article_id_fkey" FOREIGN KEY ("article_id") REFERENCES "article"("id") ON DELETE CASCADE ON UPDATE CASCADE;
