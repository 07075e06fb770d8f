-- The index on words has another name. What is still to be added to an index is added before its costs are looked at: with the
-- distinct words of a large import waiting, those like a misspelt one were looked for among all (17 ms for 12,000).
create or replace function refresh_statistics() returns void
  language plpgsql security definer set search_path from current
as $$
begin
  perform gin_clean_pending_list('product_find'), gin_clean_pending_list('word_similar');
  analyze category, category_facet, product, variant, stock, word, term;
end
$$;
