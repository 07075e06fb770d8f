-- Whose money it is: who paid twice for one order, or in another currency, is given back what is none of the order's payment.
alter table refund add column intent_id text not null;

-- Events about refunds name the intent, not the order.
create index refund_by_intent on refund (intent_id);
create index payment_by_intent on payment (intent_id) where intent_id is not null;
