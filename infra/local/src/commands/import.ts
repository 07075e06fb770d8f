import type { Command } from './command.ts';
import { runShopJob } from '../supervisor/jobs.ts';

export const command: Command = {
  usage: 'import FILE [options]',
  help: 'Imports a CSV of products into the running shop: at least SKU, name and price; also category, description, stock and\npicture. Columns with other names are mapped:\n  --map sku=stock_code,name=description,price=unit_price_gbp --currency GBP --stock 100 --category Giftware\nA column status takes SKUs off sale (discontinued) and brings them back (active).\n\nAll options: npm run emall -- import FILE --help, and services/catalog/README.md.',
  passesOn: true,
  run: ({ args }) => runShopJob('catalog-import', args),
};
