-- A join row that comes with its article's order, as the store gives it for many rows at once, is spared looking it up.
ALTER TABLE "byline" ALTER COLUMN "ordered_at" DROP DEFAULT;
ALTER TABLE "article_tag" ALTER COLUMN "ordered_at" DROP DEFAULT;

DROP TRIGGER "byline_take_order" ON "byline";
DROP TRIGGER "article_tag_take_order" ON "article_tag";

CREATE TRIGGER "byline_take_order" BEFORE INSERT ON "byline"
  FOR EACH ROW WHEN (NEW."ordered_at" IS NULL) EXECUTE FUNCTION "join_row_take_order"();
CREATE TRIGGER "article_tag_take_order" BEFORE INSERT ON "article_tag"
  FOR EACH ROW WHEN (NEW."ordered_at" IS NULL) EXECUTE FUNCTION "join_row_take_order"();
