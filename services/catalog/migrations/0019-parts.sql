-- emall: no transaction
set lock_timeout = '10min';
-- Parts of the shop drawn by lot: that more than a thousand match is seen in them, see src/search/match.ts.
drop index concurrently if exists product_find_part_16;
create index concurrently product_find_part_16 on product using gin (search, (array[category_id])) with (fastupdate = off) where (hashint8(id) & 15) = 0;
drop index concurrently if exists product_find_part_64;
create index concurrently product_find_part_64 on product using gin (search, (array[category_id])) with (fastupdate = off) where (hashint8(id) & 63) = 0;
analyze product;
reset lock_timeout;
