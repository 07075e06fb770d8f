-- What writes have made stale, as cache tags; every replica reads the last 30 s of it once a second.
create table change (
  id bigint generated always as identity primary key,
  tags text[] not null,
  at timestamptz not null default clock_timestamp()
);
create index change_recent on change (at);
