-- Finds what is old enough to go. BRIN: settled rows lie in the order of time, and it leaves updates off the index (HOT).
create index reservation_settled on reservation using brin (changed_at);
