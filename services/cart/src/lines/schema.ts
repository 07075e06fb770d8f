import { Type } from 'typebox';
import { MAX_QUANTITY, skuSchema } from '../carts/schema.ts';

export const addSchema = Type.Object({ sku: skuSchema, quantity: Type.Integer({ minimum: 1, maximum: MAX_QUANTITY }) });

export const addHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({ pattern: '^[\\x21-\\x7e]{1,200}$', description: 'A repeat with the same key adds nothing; known for a day' }),
  ),
});

export const setSchema = Type.Object({
  quantity: Type.Integer({ minimum: 0, maximum: MAX_QUANTITY, description: 'Sets the quantity and accepts the price of today; 0 removes the line' }),
});

export const lineParams = Type.Object({ sku: skuSchema });
