import { describe, expect, it } from '@jest/globals';
import { parseForm, readLine } from './forms.ts';

describe('parseForm', () => {
  it('reads fields, trims them and takes the last of a repeated one', () => {
    expect({ ...parseForm('sku=A&sku=B&name=+Ada+') }).toEqual({ sku: 'B', name: 'Ada' });
  });

  it.each(['name=%00', 'name=%ff', 'name=a%0bb'])('refuses what cannot be read: %s', (text) => {
    expect(() => parseForm(text)).toThrow('cannot be read');
  });

  it('has no prototype to pollute', () => {
    expect(Object.getPrototypeOf(parseForm('__proto__=x'))).toBeNull();
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('readLine', () => {
  it('reads a SKU and a quantity', () => {
    expect(readLine({ sku: 'MUG-1', quantity: '3' }, { least: 1 })).toEqual({ sku: 'MUG-1', quantity: 3 });
  });

  it('reads the SKU of the chosen colour', () => {
    const form = { choice: '2', 'sku-1': 'RED-S', 'sku-2': 'BLUE-S' };
    expect(readLine(form, { least: 1 })).toEqual({ sku: 'BLUE-S', quantity: 1 });
  });

  it('adds one or takes one away', () => {
    expect(readLine({ quantity: '3', change: '1' }, { sku: 'MUG', least: 0 })).toEqual({ sku: 'MUG', quantity: 4 });
    expect(readLine({ quantity: '1', change: '-1' }, { sku: 'MUG', least: 0 })).toEqual({ sku: 'MUG', quantity: 0 });
  });

  it.each(['-1', '0', '1.5', '1e3', '100', '9007199254740993', 'three', '', 'NaN'])('refuses %p as the quantity to add', (quantity) => {
    expect(readLine({ sku: 'MUG', quantity }, { least: 1 })).toMatchObject({ errors: [{ field: 'quantity' }] });
  });

  it.each(['', 'a b', 'x'.repeat(41), '../etc', '<script>'])('refuses %p as a SKU', (sku) => {
    expect(readLine({ sku }, { least: 1 })).toMatchObject({ errors: [{ field: 'sku' }] });
  });
});
