const shapes = {
  search: <path d="m20.5 20.5-4.8-4.8M18 10.75a7.25 7.25 0 1 1-14.5 0 7.25 7.25 0 0 1 14.5 0Z" />,
  bag: <path d="M5.6 8.5h12.8l1.1 11a1 1 0 0 1-1 1.1h-13a1 1 0 0 1-1-1.1l1.1-11ZM8.75 11V7a3.25 3.25 0 0 1 6.5 0v4" />,
  menu: <path d="M4 7.5h16M4 12h16M4 16.5h16" />,
  close: <path d="m6 6 12 12M18 6 6 18" />,
  check: <path d="m5 12.5 4.5 4.5L19 7.5" />,
  next: <path d="m9.5 5.5 6.5 6.5-6.5 6.5" />,
  down: <path d="m6 9.5 6 6 6-6" />,
  plus: <path d="M12 5.5v13M5.5 12h13" />,
  minus: <path d="M5.5 12h13" />,
  lock: <path d="M7.5 10.5V8a4.5 4.5 0 0 1 9 0v2.5m-10 0h11a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1Z" />,
  truck: (
    <path d="M3.5 6.5h10.25v10H3.5zM13.75 10h3.7l3.05 3v3.5h-6.75M9 18a1.75 1.75 0 1 1-3.5 0A1.75 1.75 0 0 1 9 18Zm9.5 0a1.75 1.75 0 1 1-3.5 0 1.75 1.75 0 0 1 3.5 0Z" />
  ),
  back: <path d="M8.5 5.5 4 10l4.5 4.5M4.5 10H15a5 5 0 0 1 0 10h-3" />,
  filter: <path d="M4 7.5h16M7 12h10M10 16.5h4" />,
  info: <path d="M12 11v5.5M12 7.6v.1M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0Z" />,
  person: <path d="M15.75 8a3.75 3.75 0 1 1-7.5 0 3.75 3.75 0 0 1 7.5 0ZM4.75 20.25c.6-4 3.4-6 7.25-6s6.65 2 7.25 6" />,
};

/** Decoration beside words: a screen reader does not hear it. */
export function Icon({ name }: { name: keyof typeof shapes }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
      {shapes[name] as 'safe'}
    </svg>
  );
}

/** Two doors of an arcade, and an m. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">
      <path d="M10 1h12a9 9 0 0 1 9 9v19a2 2 0 0 1-2 2h-2.5V18a4.25 4.25 0 0 0-8.5 0v13h-4V18a4.25 4.25 0 0 0-8.5 0v13H3a2 2 0 0 1-2-2V10a9 9 0 0 1 9-9Z" />
    </svg>
  );
}
