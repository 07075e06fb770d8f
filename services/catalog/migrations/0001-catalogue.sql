-- Lower case, no accents, one blank between words: what a slug, a sort key and a search word are made from.
-- The collation is named so that the result is the same whatever locale the database was made with.
create function fold(input text) returns text
  language sql immutable strict parallel safe
  return trim(regexp_replace(
    lower(extensions.unaccent('extensions.unaccent'::regdictionary, input) collate pg_catalog.pg_c_utf8),
    '[^[:alnum:]]+', ' ', 'g'));

create table category (
  id integer generated always as identity primary key,
  slug text collate "C" not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 80),
  name text not null check (char_length(name) between 1 and 80),
  parent_id integer references category,
  position integer not null default 0,
  tint smallint check (tint between 0 and 359),
  picture text,
  description text not null default '',
  -- In this category and all below it; counted by the jobs that write products.
  products integer not null default 0,
  check (parent_id <> id)
);
create index category_parent on category (parent_id);

-- What browsing reads. Prices and availability are copies, so that a listing touches no table that a checkout writes.
create table product (
  id bigint generated always as identity primary key,
  -- The merchant's own key: the group of the variants, or the SKU of a product that has but one.
  key text collate "C" not null unique,
  slug text collate "C" not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 100),
  category_id integer references category,
  name text not null check (char_length(name) between 1 and 200),
  name_key text collate "C" generated always as (left(fold(name), 100)) stored,
  description text not null default '' check (char_length(description) <= 5000),
  details jsonb not null default '[]',
  picture text,
  popularity integer not null default 0 check (popularity between 0 and 1000000000),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  price_from integer not null check (price_from > 0),
  price_varies boolean not null,
  was integer check (was > price_from),
  variants integer not null check (variants > 0),
  in_stock boolean not null,
  -- Values of the options that can be filtered by, for example {colour=Red,size=M}.
  facets text[] not null default '{}',
  -- Names of its categories, its options and its SKUs, to be found by.
  keywords text not null default '',
  search tsvector generated always as (
    setweight(to_tsvector('pg_catalog.english', fold(name)), 'A')
    || setweight(to_tsvector('pg_catalog.english', fold(keywords)), 'B')
    || setweight(to_tsvector('pg_catalog.english', fold(description)), 'C')
    || array_to_tsvector(facets)) stored
);

-- One index for each order of a listing, in the whole shop and in a category; all read backwards as well.
-- The newest are those with the highest ids.
create index product_popularity on product (popularity, id);
create index product_price on product (price_from, id);
create index product_name on product (name_key, id);
create index product_category_newest on product (category_id, id);
create index product_category_popularity on product (category_id, popularity, id);
create index product_category_price on product (category_id, price_from, id);
create index product_category_name on product (category_id, name_key, id);

-- What a checkout reads: price and what a cart line shows. No listing scans it.
create table variant (
  sku text collate "C" primary key check (sku ~ '^[A-Za-z0-9._-]{1,40}$'),
  product_id bigint not null references product on delete cascade deferrable initially deferred,
  position integer not null default 0,
  slug text not null,
  name text not null,
  picture text,
  options jsonb not null default '{}' check (jsonb_typeof(options) = 'object'),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  price integer not null check (price > 0),
  was integer check (was > price)
);
create index variant_product on variant (product_id, position, sku);

-- What a checkout writes. Room on each page keeps its updates off the index (HOT).
create table stock (
  sku text collate "C" primary key references variant on delete cascade,
  on_hand integer not null check (on_hand >= 0),
  reserved integer not null default 0 check (reserved >= 0),
  check (reserved <= on_hand)
) with (fillfactor = 60);
