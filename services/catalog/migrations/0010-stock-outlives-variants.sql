-- Orders hold, buy and give back units of what is no longer sold. By itself, so that its lock is held for a moment only.
alter table stock drop constraint stock_sku_fkey;
