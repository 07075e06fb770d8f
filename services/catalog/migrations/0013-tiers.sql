-- The best sellers once more, so that a search for a frequent word reads some hundred of them however many products have it:
-- tier 0 is the best 2,000, 1 the best 8,000, 2 the best 32,000, 3 the best 128,000, 9 are all others and what no job has counted yet.
alter table product add column tier smallint not null default 9;
create index product_search_tier_0 on product using gin (search) where tier <= 0;
create index product_search_tier_1 on product using gin (search) where tier <= 1;
create index product_search_tier_2 on product using gin (search) where tier <= 2;
create index product_search_tier_3 on product using gin (search) where tier <= 3;
