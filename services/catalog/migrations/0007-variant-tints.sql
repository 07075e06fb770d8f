-- Hue of the department, for the tiles of cart lines: a copy, as slug, name and picture are. Null until the product is written again.
alter table variant add column tint smallint check (tint between 0 and 359);
