create index product_search on product using gin (search) with (gin_pending_list_limit = 1024);

-- Distinct words of names, categories and options, as people write them: what a misspelt word is compared with.
create table word (
  word text collate "C" primary key,
  products integer not null
);
create index word_similar on word using gin (word extensions.gin_trgm_ops);

-- Search terms (stems and facets) that many products have. One that is missing here is rare; the empty one is in every product.
create table term (
  term text collate "C" primary key,
  products integer not null
);

-- What a category can be filtered by, counted by the jobs that write products: exact, and free for the shopper.
create table category_facet (
  category_id integer not null references category on delete cascade,
  facet text collate "C" not null,
  products integer not null,
  primary key (category_id, facet)
);
