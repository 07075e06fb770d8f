create table idempotency_key (
  shopper text not null,
  key text not null,
  -- SHA-256 of the payload: the same key with another payload is refused.
  fingerprint bytea not null,
  -- Who is at work, and until when that is believed. A lapsed claim is taken over by a repeat.
  holder uuid not null,
  lease_until timestamptz not null,
  attempts integer not null default 1,
  -- The answer, kept for ever and repeated byte for byte.
  status smallint check (status between 200 and 499 and status <> 429),
  content_type text,
  body bytea,
  created_at timestamptz not null default now(),
  answered_at timestamptz,
  primary key (shopper, key),
  check ((status is null) = (body is null))
);
