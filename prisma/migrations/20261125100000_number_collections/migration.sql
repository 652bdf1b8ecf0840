-- What an editor's save is written against, as articles have it: two who save at once learn of each other.
ALTER TABLE "section" ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 1;
ALTER TABLE "author" ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 1;
ALTER TABLE "tag" ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 1;
ALTER TABLE "partner" ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 1;
ALTER TABLE "collection" ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 1;
ALTER TABLE "app_user" ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 1;
