-- Which attempt at a checkout wrote it last (a fencing token): an older one that was frozen, and wakes up, changes nothing.
alter table reservation add column attempt integer not null default 0;
