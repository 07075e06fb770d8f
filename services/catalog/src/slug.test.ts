import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chooseSlugs, slugOf } from './slug.ts';

describe('an address of a name', () => {
  it.each([
    ['Blue Café Mug', 'blue-cafe-mug'], ['  Children’s   Shoes & Socks! ', 'childrens-shoes-socks'], ['14" Pan', '14-pan'], ['Straße', 'strasse'],
    ['ﬁne Art', 'fine-art'], ['Øl', 'l'], ['日本', ''], ['--', ''], ['x'.repeat(200), 'x'.repeat(70)],
  ])('of %j is %j', (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });

  it('is fit for the database and nobody else’s, whatever the names and keys are', () => {
    const thing = fc.record({ key: fc.stringMatching(/^[A-Za-z0-9._-]{1,40}$/), name: fc.oneof(fc.constantFrom('Same', 'same!', 'SAME'), fc.string({ unit: 'binary' })) });
    fc.assert(
      fc.property(fc.uniqueArray(thing, { selector: ({ key }) => key, maxLength: 60 }), fc.uniqueArray(fc.constantFrom('same', 'same-2', 'product')), (things, taken) => {
        const slugs = [...chooseSlugs(things, new Set(taken)).values()];
        expect(slugs).toHaveLength(things.length);
        expect(new Set([...slugs, ...taken]).size).toBe(things.length + taken.length);
        for (const slug of slugs) expect(slug).toMatch(/^(?=.{1,100}$)[a-z0-9]+(-[a-z0-9]+)*$/);
      }),
    );
  });
});
