-- The hub of the feeds (WebSub): whoever subscribes is sent a feed whenever it changes, as long as the lease lasts.
CREATE TABLE "hub_request" (
    "id" UUID NOT NULL,
    "topic" TEXT NOT NULL,
    "callback" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "lease_seconds" INTEGER NOT NULL,
    "secret" TEXT,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "hub_request_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "hub_request_has_a_mode" CHECK ("mode" IN ('subscribe', 'unsubscribe'))
);

CREATE TABLE "hub_subscription" (
    "id" UUID NOT NULL,
    "topic" TEXT NOT NULL,
    "callback" TEXT NOT NULL,
    "secret" TEXT,
    "lease_until" TIMESTAMPTZ(3) NOT NULL,
    "wanted" INTEGER NOT NULL DEFAULT 0,
    "had" INTEGER NOT NULL DEFAULT 0,
    "digest" TEXT,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "hub_subscription_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "hub_place" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "xid" BIGINT,
    "change_id" BIGINT,

    CONSTRAINT "hub_place_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "hub_place_is_one" CHECK ("id" = 1)
);

CREATE UNIQUE INDEX "hub_request_topic_callback_key" ON "hub_request"("topic", "callback");
CREATE INDEX "hub_request_due_at_idx" ON "hub_request"("due_at");
CREATE UNIQUE INDEX "hub_subscription_topic_callback_key" ON "hub_subscription"("topic", "callback");
CREATE INDEX "hub_subscription_lease_until_idx" ON "hub_subscription"("lease_until");

-- Holds those who have not got the feed as it stands alone.
CREATE INDEX "hub_subscription_due" ON "hub_subscription" ("tries", "due_at") WHERE "wanted" > "had";

INSERT INTO "hub_place" ("id") VALUES (1);
