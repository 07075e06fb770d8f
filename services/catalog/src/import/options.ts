import { parseArgs } from 'node:util';
import { ImportFault } from './fault.ts';
import type { ImportOptions } from './import-products.ts';

export const usage = `Usage: npm run emall -- import FILE [options]

  FILE                 products, CSV with a header line: sku, name, price, and what else services/catalog/README.md lists.
                       A column status with active or discontinued takes SKUs off sale; a file that does no more needs
                       only sku and status. A row that is active, or says nothing, with name and price brings them back.
                       Exit code 0 also when rows were refused: they are named on standard error and counted at the end
  --map OURS=THEIRS,…  the file's own names of columns: --map sku=stock_code,name=description
  --currency GBP       what the prices are in; must be what the shop sells in
  --stock N            units of new SKUs whose row does not say
  --category PATH      where products go whose row does not say: Giftware, or "Home > Kitchen"
  --categories FILE    categories to be read first, CSV: slug, name, parent, position, tint, picture, description
`;

export interface Command extends ImportOptions {
  /** Undefined when only categories are given. */
  file: string | undefined;
  categories: string | undefined;
}

/** @throws ImportFault that says what is wrong with the command */
export function readCommand(args: string[], shopCurrency: string): Command | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const [file, extra] = positionals;
  if (extra !== undefined) throw new ImportFault(`one file at a time: ${extra} is one too many`);
  if (file === undefined && values.categories === undefined) throw new ImportFault(`no file is named\n\n${usage}`);
  const currency = values.currency ?? shopCurrency;
  if (currency !== shopCurrency) throw new ImportFault(`--currency ${currency}: this shop sells in ${shopCurrency}, and prices are not converted`);
  if (values.stock !== undefined && !/^\d{1,7}$/.test(values.stock)) throw new ImportFault(`--stock ${values.stock}: not a number of units`);
  const category = values.category?.split('>').map((name) => name.trim());
  if (category?.some((name) => name === '' || name.length > 80)) throw new ImportFault(`--category ${values.category}: not a path such as "Home > Kitchen"`);
  return {
    file,
    categories: values.categories,
    currency,
    category,
    stock: values.stock === undefined ? undefined : Number(values.stock),
    mapped: readMap(values.map ?? []),
  };
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        map: { type: 'string', multiple: true },
        currency: text,
        stock: text,
        category: text,
        categories: text,
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new ImportFault(error instanceof Error ? error.message : String(error));
  }
}

function readMap(given: string[]): Map<string, string> {
  const pairs = given.flatMap((each) => each.split(',')).map((pair) => {
    const cut = pair.indexOf('=');
    if (cut < 1 || cut === pair.length - 1) throw new ImportFault(`--map ${pair}: not of the form sku=stock_code`);
    return [pair.slice(0, cut).trim(), pair.slice(cut + 1).trim()] as const;
  });
  const map = new Map(pairs);
  if (map.size < pairs.length) throw new ImportFault('--map names a column of ours twice');
  return map;
}
