-- Protocols that bank/feeds/ speaks, and what a bank's own way of writing needs to be told.
ALTER TABLE bank_accounts DROP CONSTRAINT bank_accounts_feed_known;
ALTER TABLE bank_accounts
  ADD CONSTRAINT bank_accounts_feed_known
    CHECK (feed IN ('json', 'investec', 'open-banking-uk', 'berlin-group', 'stitch')),
  -- `json`: where the bank keeps what; the default wire format without it.
  ADD COLUMN field_map jsonb CONSTRAINT bank_accounts_field_map_shape CHECK (jsonb_typeof(field_map) = 'object'),
  -- `berlin-group`: whether amounts carry a sign.
  ADD COLUMN amounts text NOT NULL DEFAULT 'signed'
    CONSTRAINT bank_accounts_amounts_known CHECK (amounts IN ('signed', 'unsigned')),
  ADD COLUMN webhook_signature text NOT NULL DEFAULT 'standard'
    CONSTRAINT bank_accounts_webhook_signature_known CHECK (webhook_signature IN ('standard', 'hex')),
  -- `hex`: the headers of the signature and, where the bank signs one, of the time.
  ADD COLUMN webhook_signature_header text NOT NULL DEFAULT 'x-signature',
  ADD COLUMN webhook_timestamp_header text,
  -- What a signed event with a whole line is worth: `credit` captures it at once, `hint` only has the account read.
  ADD COLUMN webhook_trust text NOT NULL DEFAULT 'credit'
    CONSTRAINT bank_accounts_webhook_trust_known CHECK (webhook_trust IN ('credit', 'hint'));

-- `reversal`: the bank says that it took a line back; the next read brings the line that does so.
ALTER TABLE bank_events DROP CONSTRAINT bank_events_outcome_known;
ALTER TABLE bank_events ADD CONSTRAINT bank_events_outcome_known
  CHECK (outcome IN ('captured', 'known', 'held', 'pointer', 'pending', 'reversal', 'unreadable'));
