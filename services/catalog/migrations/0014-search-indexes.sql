-- emall: no transaction
-- What it waits for are transactions that are older; nobody waits for it.
set lock_timeout = '10min';
-- A word within a category is one look at one index: the category is a key of it, as the words are. All and each tier of best sellers.
drop index concurrently if exists product_find;
create index concurrently product_find on product using gin (search, (array[category_id])) with (gin_pending_list_limit = 1024);
-- No list of what is still to be added: it would be read by every search, and what is added to these is little.
drop index concurrently if exists product_find_tier_0;
create index concurrently product_find_tier_0 on product using gin (search, (array[category_id])) with (fastupdate = off) where tier <= 0;
drop index concurrently if exists product_find_tier_1;
create index concurrently product_find_tier_1 on product using gin (search, (array[category_id])) with (fastupdate = off) where tier <= 1;
drop index concurrently if exists product_find_tier_2;
create index concurrently product_find_tier_2 on product using gin (search, (array[category_id])) with (fastupdate = off) where tier <= 2;
drop index concurrently if exists product_find_tier_3;
create index concurrently product_find_tier_3 on product using gin (search, (array[category_id])) with (fastupdate = off) where tier <= 3;
drop index concurrently if exists product_find_tier_4;
create index concurrently product_find_tier_4 on product using gin (search, (array[category_id])) with (fastupdate = off) where tier <= 4;
-- What a filter asks of a row stands in the index, so that walking past a row reads no row, and a thousand are counted without one.
drop index concurrently if exists product_by_price;
create index concurrently product_by_price on product (price_from, id) include (in_stock, facets);
drop index concurrently if exists product_category_by_price;
create index concurrently product_category_by_price on product (category_id, price_from, id) include (in_stock, facets);
drop index concurrently if exists product_by_popularity;
create index concurrently product_by_popularity on product (popularity, id) include (price_from, in_stock);
drop index concurrently if exists product_category_by_popularity;
create index concurrently product_category_by_popularity on product (category_id, popularity, id) include (price_from, in_stock);
analyze product;
reset lock_timeout;
