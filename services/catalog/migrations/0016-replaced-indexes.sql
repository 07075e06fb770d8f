-- emall: no transaction
set lock_timeout = '10min';
drop index concurrently if exists product_search;
drop index concurrently if exists product_search_tier_0;
drop index concurrently if exists product_search_tier_1;
drop index concurrently if exists product_search_tier_2;
drop index concurrently if exists product_search_tier_3;
drop index concurrently if exists product_price;
drop index concurrently if exists product_category_price;
drop index concurrently if exists product_popularity;
drop index concurrently if exists product_category_popularity;
reset lock_timeout;
