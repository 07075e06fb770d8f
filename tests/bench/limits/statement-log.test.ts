import { describe, expect, it } from '@jest/globals';
import { inTurn } from './record.ts';
import { parseParameters, parseStatements } from './statement-log.ts';

const LOG = `2026-11-23 04:00:00.001 UTC [77] catalog_run@emall/catalog/browse LOG:  execute s1: select *
	from product
	where slug = $1
2026-11-23 04:00:00.002 UTC [78] order_run@emall/order/jobs LOG:  execute <unnamed>: select 1 where $1
2026-11-23 04:00:00.002 UTC [78] order_run@emall/order/jobs DETAIL:  Parameters: $1 = 't'
2026-11-23 04:00:00.003 UTC [77] catalog_run@emall/catalog/browse DETAIL:  Parameters: $1 = 'cat''s-mug'
2026-11-23 04:00:00.004 UTC [77] catalog_run@emall/catalog/browse LOG:  statement: BEGIN
2026-11-23 04:00:00.005 UTC [77] catalog_run@emall/catalog/browse LOG:  execute s2: select 2
2026-11-23 04:00:00.005 UTC [80] catalog_run@emall/catalog/rounds LOG:  execute s3: update product set in_stock = false
2026-11-23 04:00:00.006 UTC [79] LOG:  checkpoint starting: time
`;

describe("Postgres' log of statements", () => {
  it('gives the statements of one pool with their values, in their order', () => {
    expect(parseStatements(LOG, 'catalog/browse')).toEqual([
      { text: 'select *\n\tfrom product\n\twhere slug = $1', values: ["cat's-mug"] },
      { text: 'select 2', values: [] },
    ]);
  });

  it('tells NULL from the word', () => {
    expect(parseParameters("$1 = NULL, $2 = 'NULL', $3 = '{a,\"b, c\"}', $4 = ''")).toEqual([null, 'NULL', '{a,"b, c"}', '']);
  });
});

describe('statements in turn', () => {
  it('are those of each operation, without what a service sends by the clock', () => {
    const sent = Array.from({ length: 100 }, (_, n) => [{ text: 'terms', values: [`${n}`] }, { text: 'list', values: [`${n}`] }]).flat();
    sent.splice(51, 0, { text: 'sweep', values: [] });
    const operations = inTurn(sent, 100);
    expect(operations).toHaveLength(100);
    expect(operations[60]).toEqual([{ text: 'terms', values: ['60'] }, { text: 'list', values: ['60'] }]);
  });
});
