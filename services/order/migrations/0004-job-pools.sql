-- Heartbeats of the processes that run jobs. What a silent one had locked is unlocked after 15 s instead of 4 hours.
create table job_pool (
  id text primary key,
  seen_at timestamptz not null default now()
);
