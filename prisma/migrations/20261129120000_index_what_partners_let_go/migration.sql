-- What a partner has let go of lately: its feed tells of it in each answer.
CREATE INDEX "partner_change_let_go" ON "partner_change" ("partner_id", "at" DESC) WHERE "kind" IN ('WITHDRAWN', 'RETRACTED');
