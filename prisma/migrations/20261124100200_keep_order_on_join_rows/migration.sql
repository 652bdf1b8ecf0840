-- An article's place in lists by date.
CREATE FUNCTION "article_place_in_order"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."ordered_at" := coalesce(NEW."published_at", NEW."created_at");
  RETURN NEW;
END $$;

CREATE TRIGGER "article_place_in_order" BEFORE INSERT OR UPDATE OF "published_at", "created_at" ON "article"
  FOR EACH ROW EXECUTE FUNCTION "article_place_in_order"();

-- Bylines and tags carry it too: an author's newest twenty are twenty index entries at any size of archive.
CREATE FUNCTION "article_carry_order"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "byline" SET "status" = NEW."status", "ordered_at" = NEW."ordered_at", "updated_at" = NEW."updated_at"
    WHERE "article_id" = NEW."id";
  UPDATE "article_tag" SET "status" = NEW."status", "ordered_at" = NEW."ordered_at", "updated_at" = NEW."updated_at"
    WHERE "article_id" = NEW."id";
  RETURN NULL;
END $$;

CREATE TRIGGER "article_carry_order" AFTER UPDATE ON "article" FOR EACH ROW
  WHEN ((OLD."status", OLD."ordered_at", OLD."updated_at") IS DISTINCT FROM (NEW."status", NEW."ordered_at", NEW."updated_at"))
  EXECUTE FUNCTION "article_carry_order"();

CREATE FUNCTION "join_row_take_order"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT "status", "ordered_at", "updated_at" INTO STRICT NEW."status", NEW."ordered_at", NEW."updated_at"
    FROM "article" WHERE "id" = NEW."article_id";
  RETURN NEW;
END $$;

CREATE TRIGGER "byline_take_order" BEFORE INSERT ON "byline" FOR EACH ROW EXECUTE FUNCTION "join_row_take_order"();
CREATE TRIGGER "article_tag_take_order" BEFORE INSERT ON "article_tag" FOR EACH ROW EXECUTE FUNCTION "join_row_take_order"();

-- A section's way up to the root. Moving a section moves all below it; a section below itself is refused.
CREATE FUNCTION "section_trace_lineage"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."parent_id" IS NULL THEN
    NEW."lineage" := ARRAY[NEW."id"];
  ELSE
    SELECT "lineage" || NEW."id" INTO STRICT NEW."lineage" FROM "section" WHERE "id" = NEW."parent_id";
    IF NEW."id" = ANY (NEW."lineage"[:cardinality(NEW."lineage") - 1]) THEN
      RAISE EXCEPTION 'section % cannot stand below itself', NEW."slug" USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER "section_trace_lineage" BEFORE INSERT OR UPDATE OF "parent_id" ON "section"
  FOR EACH ROW EXECUTE FUNCTION "section_trace_lineage"();

CREATE FUNCTION "section_move_children"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "section" SET "parent_id" = "parent_id" WHERE "parent_id" = NEW."id";
  RETURN NULL;
END $$;

CREATE TRIGGER "section_move_children" AFTER UPDATE ON "section" FOR EACH ROW
  WHEN (OLD."lineage" IS DISTINCT FROM NEW."lineage") EXECUTE FUNCTION "section_move_children"();
