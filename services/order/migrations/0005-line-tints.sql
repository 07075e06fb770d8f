-- Hue of the tile that the line was shown on. Null in orders placed before it was known.
alter table order_line add column tint smallint;
