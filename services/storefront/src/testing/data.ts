import type { Cart, Category, Order, Product, ProductList, Quote } from '../shared/shapes.ts';

/** What the services answer in the pages' tests: small, and with one of everything that a page treats in its own way. */

export const pounds = (amount: number) => ({ amount, currency: 'GBP' });

const children: Category[] = [{ slug: 'mugs', name: 'Mugs', description: 'For the first sip of the day.', tint: 15, picture: null, products: 2, children: [] }];
export const categories: Category[] = [
  { slug: 'kitchen', name: 'Kitchen & table', description: '', tint: 15, picture: { name: '2615', alt: 'A mug' }, products: 2, children },
  { slug: 'sound', name: 'Sound', description: '', tint: 225, picture: null, products: 1, children: [] },
];

export const list: ProductList = {
  items: [
    { slug: 'mug', name: 'Stoneware mug', picture: { name: '2615', alt: 'A mug', recolour: null }, category: 'mugs', tint: 15, price: pounds(1200), priceVaries: true, was: pounds(1500), available: true, variants: 3 },
    { slug: 'giftware', name: 'Giftware from elsewhere', picture: null, category: 'kitchen', tint: 15, price: pounds(295), priceVaries: false, was: null, available: false, variants: 1 },
  ],
  nextCursor: 'next-page',
  total: 26,
  totalIsExact: true,
  facets: [{ name: 'colour', values: [{ value: 'Red', count: 4 }] }, { name: 'size', values: ['L', 'M', 'S', 'XL'].map((value) => ({ value, count: 2 })) }],
};

const shirt = (recolour: string | null) => ({ name: '1f455', alt: 'A shirt', recolour });

export const product: Product = {
  slug: 'shirt',
  name: 'Linen shirt',
  description: 'Soft from the first day.\nSofter from the second.',
  details: [{ name: 'Material', value: 'Linen' }],
  category: { slug: 'mugs', name: 'Mugs' },
  trail: [{ slug: 'kitchen', name: 'Kitchen & table' }],
  tint: 15,
  pictures: [{ name: '1f455', alt: 'A shirt' }],
  variants: [
    { sku: 'SHIRT-RED-S', options: { colour: 'Red', size: 'S' }, picture: shirt(null), price: pounds(4200), was: null, available: 12 },
    { sku: 'SHIRT-RED-M', options: { colour: 'Red', size: 'M' }, picture: shirt(null), price: pounds(4400), was: null, available: 2 },
    { sku: 'SHIRT-BLUE-S', options: { colour: 'Blue', size: 'S' }, picture: shirt('Blue'), price: pounds(4200), was: null, available: 0 },
  ],
};

const line = { options: { colour: 'Red' }, picture: { name: '2615', alt: 'A mug', recolour: null }, tint: 15, price: pounds(1200), available: 9 };
export const cart: Cart = {
  version: '1790000000000000.9',
  lines: [
    { ...line, sku: 'MUG-RED', slug: 'mug', name: 'Stoneware mug', quantity: 2, total: pounds(2400) },
    { ...line, sku: 'MUG-FEW', options: { colour: 'Blue' }, picture: { name: '2615', alt: 'A mug', recolour: 'Blue' }, slug: 'mug', name: 'Rare mug', quantity: 5, available: 3, total: pounds(3600), problem: 'only-n-left' },
    { ...line, sku: 'MUG-OUT', slug: 'mug', name: 'Popular mug', quantity: 1, available: 0, total: pounds(0), problem: 'sold-out' },
    { ...line, sku: 'MUG-OLD', picture: null, tint: null, slug: null, name: 'Old mug', quantity: 1, available: 0, total: pounds(0), problem: 'removed' },
    { ...line, sku: 'MUG-DEAR', slug: 'mug', name: 'Dear mug', quantity: 1, total: pounds(1200), problem: 'price-changed', priceWas: pounds(1000) },
  ],
  subtotal: pounds(7200),
};

const ordered = { sku: 'MUG-RED', name: 'Stoneware mug', options: { colour: 'Blue' }, picture: { name: '2615', alt: 'A mug', recolour: 'Blue' }, tint: 15, quantity: 2, price: pounds(1200), total: pounds(2400) };

export const quote = (shipping: number): Quote => ({
  lines: [{ ...ordered, available: 9 }],
  items: pounds(2400),
  shipping: pounds(shipping),
  tax: pounds(Math.round((2400 + shipping) / 6)),
  total: pounds(2400 + shipping),
});

export const ORDER_ID = '0b5bd6a2-7a4f-8d6c-9f3a-3f2d1c0b9a87';

export const order: Order = {
  id: ORDER_ID,
  number: 'EM-7Q4K-2M9D',
  state: 'accepted',
  placedAt: '2026-11-23T10:00:00.000Z',
  email: 'ada@example.com',
  address: { name: 'Ada Lovelace', line1: '12 St James Square', city: 'London', postcode: 'SW1Y 4JH', country: 'GB' },
  shippingMethod: 'standard',
  lines: [ordered],
  items: pounds(2400),
  shipping: pounds(395),
  tax: pounds(466),
  total: pounds(2795),
  payment: { method: 'on_delivery' },
  cancellable: true,
};

/** The same before it is paid. */
export const waitingOrder: Order = {
  ...order,
  state: 'awaiting_payment',
  payment: { method: 'card', url: 'https://pay.example/c/1', payUntil: '2026-11-23T10:15:00.000Z' },
};
