-- What was sent, or given up, is removed when it is old: the oldest first, a batch at a time.
CREATE INDEX "webhook_delivery_old" ON "webhook_delivery" ("created_at") WHERE "status" <> 'PENDING';
