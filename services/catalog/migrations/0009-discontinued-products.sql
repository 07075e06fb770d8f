-- Products of which no variant is sold: out of `product`, so that no listing has to look past them. Whoever has the key when it
-- comes back gets its address, which nobody else is given, and what was known of it.
create table discontinued_product (
  id bigint primary key,
  key text collate "C" not null unique,
  slug text collate "C" not null unique,
  category_id integer references category,
  name text not null,
  description text not null,
  details jsonb not null,
  picture text,
  popularity integer not null
);
