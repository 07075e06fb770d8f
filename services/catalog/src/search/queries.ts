import { sql } from 'kysely';
import type { Browse } from '../database.ts';
import type { Candidate } from './distance.ts';

export interface Similar extends Candidate {
  term: string;
  /** How many products have the term, 0 when few. */
  termProducts: number;
}

export interface WordRow {
  word: string;
  /** Its stem; null for a word that is in every text, such as "the". */
  term: string | null;
  products: number;
  similar: Similar[];
}

export interface FacetRow {
  term: string;
  /** In the shop, and in the category that was asked for. */
  products: number;
  within: number;
}

interface Asked {
  words: string[];
  facets: string[];
  /** In which facets are counted as well. */
  category?: number | undefined;
  begun?: string | null;
}

/**
 * What the catalogue knows of words, facets and its own size, in one statement. A word in no product brings those that it
 * may be a slip for: similar ones by the trigram index, ones that it begins, and short ones of about its length, in which a
 * swapped pair leaves no trigram alike.
 * @param begun the beginning of a word, to be answered with the commonest words that it begins
 */
export async function readTerms(db: Browse, { words, facets, category, begun = null }: Asked) {
  const { rows } = await sql<{ words: WordRow[]; facets: FacetRow[]; begun: Similar[]; products: number }>`
    with typed as materialized (
      select w.word, w.at, (tsvector_to_array(to_tsvector('pg_catalog.english', w.word)))[1] as term
      from unnest(${words}::text[]) with ordinality w(word, at)
    ), known as materialized (
      select y.word, y.at, y.term, case
        when y.term is null then 0
        when t.term is not null then t.products
        else (with hits as materialized (select 1 from product where search @@ ('''' || y.term || '''')::tsquery) select count(*)::int from hits)
      end as products
      from typed y left join term t on t.term = y.term
    )
    select
      coalesce((select jsonb_agg(jsonb_build_object('word', k.word, 'term', k.term, 'products', k.products, 'similar',
        case when k.term is null or k.products > 0 then '[]' else (
          select coalesce(jsonb_agg(jsonb_build_object('word', s.word, 'products', s.products, 'term', s.term, 'termProducts', coalesce(t.products, 0))), '[]')
          from (
            select c.word, c.products, (tsvector_to_array(to_tsvector('pg_catalog.english', c.word)))[1] as term from (
              (select word, products from word where word % k.word order by similarity(word, k.word) desc limit 20)
              union
              (select word, products from word where word >= k.word collate "C" and word < (k.word || chr(1114111)) collate "C" order by products desc limit 5)
              union
              (select word, products from word where length(k.word) between 3 and 5
                and word >= left(k.word, 1) collate "C" and word < (left(k.word, 1) || chr(1114111)) collate "C"
                and length(word) between length(k.word) - 1 and length(k.word) + 1 limit 400)
            ) c
          ) s left join term t on t.term = s.term
        ) end) order by k.at) from known k), '[]') as words,
      coalesce((select jsonb_agg(jsonb_build_object('term', f, 'products', coalesce(t.products, 100), 'within', coalesce(c.products, 0)))
        from unnest(${facets}::text[]) f left join term t on t.term = f left join category_facet c on c.facet = f and c.category_id = ${category ?? null}::int), '[]') as facets,
      coalesce((select jsonb_agg(jsonb_build_object('word', b.word, 'products', b.products, 'term', b.term, 'termProducts', coalesce(t.products, 0)) order by b.products desc)
        from (
          select word, products, (tsvector_to_array(to_tsvector('pg_catalog.english', word)))[1] as term from word
          where word >= ${begun}::text collate "C" and word < (${begun}::text || chr(1114111)) collate "C" order by products desc limit 5
        ) b left join term t on t.term = b.term where b.term is not null), '[]') as begun,
      coalesce((select products from term where term = ''), 0) as products
  `.execute(db);
  const [row] = rows;
  if (!row) throw new Error('a select without from answered no row');
  return row;
}
