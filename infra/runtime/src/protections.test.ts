import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { loadConfig } from './config.ts';
import { protections, protectionsWithout, withoutEnv } from './protections.ts';

const read = (WITHOUT?: string) => protectionsWithout(loadConfig(Type.Object(withoutEnv), { ...(WITHOUT !== undefined && { WITHOUT }) }).WITHOUT);

describe('WITHOUT', () => {
  it('leaves nothing out unless told', () => {
    expect([...read()]).toEqual([...protections]);
  });

  it('leaves out what it names', () => {
    expect([...read('deadlines,cache')]).toEqual(['edge-cache', 'admission', 'rate-limits', 'connection-budget']);
    expect(read(protections.join(',')).size).toBe(0);
  });

  it.each(['caches', 'cache,', 'cache deadlines', ','])('refuses %j, which names no protection', (text) => {
    expect(() => read(text)).toThrow('WITHOUT');
  });
});
