-- emall: no transaction
set lock_timeout = '10min';
-- All that a filter asks stands in the index of every order, so that a list is walked, and filtered on the way, without a row.
drop index concurrently if exists product_along_popularity;
create index concurrently product_along_popularity on product (popularity, id) include (price_from, in_stock, facets);
drop index concurrently if exists product_category_along_popularity;
create index concurrently product_category_along_popularity on product (category_id, popularity, id) include (price_from, in_stock, facets);
drop index concurrently if exists product_category_along_id;
create index concurrently product_category_along_id on product (category_id, id) include (price_from, in_stock, facets);
drop index concurrently if exists product_along_name;
create index concurrently product_along_name on product (name_key, id) include (price_from, in_stock, facets);
drop index concurrently if exists product_category_along_name;
create index concurrently product_category_along_name on product (category_id, name_key, id) include (price_from, in_stock, facets);
analyze product;
drop index concurrently if exists product_by_popularity;
drop index concurrently if exists product_category_by_popularity;
drop index concurrently if exists product_category_newest;
drop index concurrently if exists product_name;
drop index concurrently if exists product_category_name;
reset lock_timeout;
