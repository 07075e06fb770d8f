import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { browsing } from './stories/browsing.ts';
import { buying } from './stories/buying.ts';
import { everyPage } from './stories/every-page.ts';
import { paying } from './stories/paying.ts';
import { pressingTwice } from './stories/pressing-twice.ts';
import { trouble } from './stories/trouble.ts';
import { SLOW_MS, World } from './stories/world.ts';

const world = new World();

beforeAll(() => world.begin(), SLOW_MS);
afterAll(() => world.end(), SLOW_MS);
afterEach(async () => expect(await world.leave()).toEqual([]));

buying(world);
pressingTwice(world);
paying(world);
browsing(world);
everyPage(world);
trouble(world);
