import type { paths as CartPaths } from '../clients/cart.gen.ts';
import type { paths as CatalogPaths } from '../clients/catalog.gen.ts';
import type { paths as OrderPaths } from '../clients/order.gen.ts';

/** What a successful call answers, taken from the contract of the service. */
type Answer<Operation, Status extends number = 200> = Operation extends {
  responses: { [S in Status]: { content: { 'application/json': infer Body } } };
}
  ? Body
  : never;

export type ProductList = Answer<CatalogPaths['/api/catalog/products']['get']>;
export type ProductItem = ProductList['items'][number];
export type Product = Answer<CatalogPaths['/api/catalog/products/{slug}']['get']>;
export type Variant = Product['variants'][number];
export type Category = Answer<CatalogPaths['/api/catalog/categories']['get']>['items'][number];
export type Suggestions = Answer<CatalogPaths['/api/catalog/suggestions']['get']>;
export type Cart = Answer<CartPaths['/api/cart']['get']>;
export type CartLine = Cart['lines'][number];
export type Quote = Answer<OrderPaths['/api/orders/quote']['post']>;
export type Order = Answer<OrderPaths['/api/orders/{id}']['get']>;
export type OrderSummary = Answer<OrderPaths['/api/orders']['get']>['items'][number];
