import type { Children } from '@kitajs/html';
import { Icon } from './icons.tsx';

interface NoteProps {
  kind: 'info' | 'warn' | 'bad';
  title: string;
  /** For the summary of errors, which takes the focus when the page arrives. */
  id?: string;
  children?: Children;
}

/** Something the shopper should know before going on, in the flow of the page. */
export function Note({ kind, title, id, children }: NoteProps) {
  return (
    <div class={`note note-${kind}`} id={id} role={kind === 'info' ? 'status' : 'alert'} tabindex={id === undefined ? undefined : '-1'}>
      <Icon name="info" />
      <div class="note-body">
        <p class="note-title" safe>
          {title}
        </p>
        {children}
      </div>
    </div>
  );
}
