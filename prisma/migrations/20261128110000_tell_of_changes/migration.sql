-- Whoever follows the log live is told that there is more to read (see `tell_what_changed` for the channel and its messages).
CREATE FUNCTION "tell_of_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "tell"(array['changes']);
  RETURN NULL;
END $$;

CREATE TRIGGER "tell_of_added_change" AFTER INSERT ON "change" FOR EACH STATEMENT EXECUTE FUNCTION "tell_of_change"();
