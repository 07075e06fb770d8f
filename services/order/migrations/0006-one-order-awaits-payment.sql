-- True in orders that were placed since a shopper may have only one that awaits payment. Null in those of before, and in those
-- that the previous version still places during a rollout: several of them may wait until their holds end or the shopper orders again.
alter table "order" add column guarded boolean;
