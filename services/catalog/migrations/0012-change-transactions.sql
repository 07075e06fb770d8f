-- Which transaction made a change: whether a cached answer knows of it is then a question of snapshots, not of clocks.
alter table change add column xid xid8 not null default pg_current_xact_id();
create index change_xid on change (xid);
