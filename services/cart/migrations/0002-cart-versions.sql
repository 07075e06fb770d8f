-- With the count of changes it makes a version that is never used again: a cart that was swept away and begun anew counts from 1.
alter table cart add column born timestamptz not null default now();
