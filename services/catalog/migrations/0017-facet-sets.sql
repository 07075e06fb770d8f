-- What a category (0: the whole shop) can be filtered by, several at once: how many products have just these facets. Exact, made by
-- the jobs that write products; a category in which products differ in more ways than are worth a look has no rows.
create table facet_set (
  category_id integer not null,
  facets text[] not null,
  products integer not null,
  primary key (category_id, facets) include (products)
);

create or replace function refresh_statistics() returns void
  language plpgsql security definer set search_path from current
as $$
begin
  perform gin_clean_pending_list('product_find'), gin_clean_pending_list('word_similar');
  analyze category, category_facet, facet_set, product, variant, stock, word, term;
end
$$;
