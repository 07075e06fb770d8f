-- A job that has written many rows tells the planner so; only the owner may, and jobs run in the service's own role.
-- The word index is brought up to date as well, so that no search pays for what an import left behind.
create function refresh_statistics() returns void
  language plpgsql security definer set search_path from current
as $$
begin
  analyze category, category_facet, product, variant, stock, word, term;
  perform gin_clean_pending_list('product_search');
end
$$;
