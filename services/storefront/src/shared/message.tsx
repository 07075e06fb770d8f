import type { Children } from '@kitajs/html';
import type { Shop } from './shop.ts';
import { Tile } from './tile.tsx';

interface MessageProps {
  shop: Shop;
  picture: string;
  tint: number;
  title: string;
  /** What happened and what to do next. */
  children?: Children;
}

/** A page, or the better part of one, with a single thing to say: nothing here, nothing found, not now. */
export function Message({ shop, picture, tint, title, children }: MessageProps) {
  return (
    <section class="message wrap">
      <Tile assets={shop.assets} name={title} picture={picture} tint={tint} size={128} class="alcove alcove-small" eager />
      <h1 safe>{title}</h1>
      <div class="message-body">{children}</div>
    </section>
  );
}
