import { beforeEach, describe, expect, it } from '@jest/globals';
import { Room } from './room.ts';

let begun: string[];
let room: Room;
beforeEach(() => {
  begun = [];
  room = new Room(4);
});
const enter = (name: string, isWorthy = false) => room.enter(isWorthy, () => void begun.push(name));

describe('room for calls', () => {
  it('is kept, a quarter of it, for those that are worth most', () => {
    for (const name of ['a', 'b', 'c', 'd']) enter(name);
    expect(begun).toEqual(['a', 'b', 'c']);
    enter('order', true);
    expect(begun).toEqual(['a', 'b', 'c', 'order']);
  });

  it('is had by whoever came first, and before them by what is worth most', () => {
    const leave = ['a', 'b', 'c'].map((name) => enter(name));
    const order = enter('order', true);
    for (const name of ['d', 'e']) enter(name);
    enter('late order', true);
    leave[0]?.();
    leave[1]?.();
    expect(begun.slice(4)).toEqual(['late order']);
    order();
    expect(begun.slice(4)).toEqual(['late order', 'd']);
  });

  it('is given back once, and not by who left before they had any', () => {
    const leave = ['a', 'b', 'c'].map((name) => enter(name));
    const given = enter('gone');
    given();
    enter('d');
    leave[0]?.();
    leave[0]?.();
    enter('e');
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
  });
});
