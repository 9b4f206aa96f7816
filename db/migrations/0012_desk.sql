-- Section D: what the desk needs of a review, its deadlines and its queue.

-- The largest amount that an account credits without a person; null for any.
ALTER TABLE bank_accounts ADD COLUMN amount_limit_minor bigint
  CONSTRAINT bank_accounts_limit_positive CHECK (amount_limit_minor > 0);

-- The instants of the current round are stored, so a lost Temporal database or a changed setting moves no deadline.
ALTER TABLE reviews
  -- 1, then one more for each deadline that ran out.
  ADD COLUMN round integer NOT NULL DEFAULT 1 CONSTRAINT reviews_round_positive CHECK (round > 0),
  -- `reminders_sent` counts those of this round that are over.
  ADD COLUMN remind_at timestamptz[] NOT NULL DEFAULT '{}',
  ADD COLUMN escalate_at timestamptz,
  ADD COLUMN escalated_at timestamptz,
  -- The person who looks after it, as api_keys.person names people.
  ADD COLUMN assignee text CONSTRAINT reviews_assignee_given CHECK (length(btrim(assignee)) > 0);
-- Reviews that are open already keep the reminders that their workflows were waiting for.
UPDATE reviews SET remind_at = ARRAY[opened_at + interval '1 day', opened_at + interval '7 days', opened_at + interval '25 days'],
       escalate_at = opened_at + interval '14 days'
 WHERE closed_at IS NULL;
-- Serves the queue: what is escalated first, then by deadline.
CREATE INDEX reviews_queue ON reviews ((escalated_at IS NULL), due_at, deposit_id) WHERE closed_at IS NULL;

CREATE TABLE review_comments (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  deposit_id text NOT NULL REFERENCES reviews (deposit_id),
  key_id     text NOT NULL REFERENCES api_keys (id),
  -- Null where a service wrote it.
  person     text,
  text       text NOT NULL CONSTRAINT review_comments_text_given CHECK (length(btrim(text)) > 0),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX review_comments_by_deposit ON review_comments (deposit_id, id);
CREATE TRIGGER review_comments_append_only BEFORE UPDATE OR DELETE ON review_comments
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE review_comments OWNER TO purser_ledger;
GRANT SELECT, INSERT ON review_comments TO purser_app;
GRANT UPDATE (due_at, round, remind_at, escalate_at, escalated_at, assignee) ON reviews TO purser_app;

-- Puts deposits into review; those that are not `captured` any more are left alone. Returns the ones that now wait.
DROP FUNCTION open_reviews;
CREATE FUNCTION open_reviews(
  p_deposit text[], p_reason text[], p_candidates jsonb, p_remind_at timestamptz[], p_escalate_at timestamptz, p_due_at timestamptz
) RETURNS SETOF text
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH input AS (
    SELECT i.*, ARRAY(SELECT jsonb_array_elements_text(p_candidates -> (i.idx::int - 1))) AS candidates
      FROM unnest(p_deposit, p_reason) WITH ORDINALITY AS i(deposit, reason, idx)
  ), moved AS (
    UPDATE deposits d SET state = 'in_review' FROM input i WHERE d.id = i.deposit AND d.state = 'captured' RETURNING d.id
  )
  INSERT INTO reviews (deposit_id, reason, candidates, remind_at, escalate_at, due_at)
  SELECT i.deposit, i.reason, i.candidates, p_remind_at, p_escalate_at, p_due_at FROM input i JOIN moved m ON m.id = i.deposit
  ON CONFLICT (deposit_id) DO NOTHING
  RETURNING deposit_id
$$;
ALTER FUNCTION open_reviews OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION open_reviews FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_reviews TO purser_app;

SELECT audit_table('reviews', 'review', 'deposit_id',
  ARRAY['reason', 'round', 'due_at', 'escalated_at', 'overdue_at', 'assignee', 'closed_at']);
SELECT audit_table('review_comments', 'review', 'deposit_id', ARRAY['id']);
SELECT audit_table('bank_accounts', 'bank_account', 'key', ARRAY['currency', 'time_zone', 'feed', 'poll_enabled', 'proof_policy',
  'amount_limit_minor', 'amounts', 'webhook_signature', 'webhook_trust']);

-- Section C: suggestions, payer memory, claims.

-- Payer memory is read from credits that people decided and that stand; nothing is learned elsewhere. A revocation makes what
-- came before it count no more.
CREATE TABLE payer_revocations (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  wallet_id     text NOT NULL REFERENCES wallets (id),
  -- The payer of this deposit's line, by account and by name.
  deposit_id    text NOT NULL REFERENCES deposits (id),
  revoked_by    text NOT NULL REFERENCES api_keys (id),
  reason        text NOT NULL CONSTRAINT payer_revocations_reason_given CHECK (length(btrim(reason)) > 0),
  revoked_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX payer_revocations_by_wallet ON payer_revocations (wallet_id);
CREATE TRIGGER payer_revocations_append_only BEFORE UPDATE OR DELETE ON payer_revocations FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE payer_revocations OWNER TO purser_ledger;
GRANT SELECT, INSERT ON payer_revocations TO purser_app;
-- Serves payer memory: the credits that people decided.
CREATE INDEX journals_decided_credits ON journals (line_id) WHERE kind = 'credit' AND decision_id IS NOT NULL;

-- "I have paid": what a customer says. It ranks suggestions and never credits.
CREATE TABLE claims (
  id           text PRIMARY KEY,
  wallet_id    text NOT NULL REFERENCES wallets (id),
  amount_minor bigint NOT NULL CONSTRAINT claims_amount_positive CHECK (amount_minor > 0),
  paid_on      date NOT NULL,
  -- Where the customer's proof of payment is kept, never the proof itself.
  proof_ref    text,
  state        text NOT NULL DEFAULT 'open'
    CONSTRAINT claims_state_known CHECK (state IN ('open', 'met', 'expired', 'withdrawn')),
  deposit_id   text REFERENCES deposits (id),
  made_by      text NOT NULL REFERENCES api_keys (id),
  made_at      timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz NOT NULL,
  ended_at     timestamptz,
  CONSTRAINT claims_met_names_deposit CHECK ((state = 'met') = (deposit_id IS NOT NULL)),
  CONSTRAINT claims_ended_whole CHECK ((state = 'open') = (ended_at IS NULL))
);
-- One deposit meets one claim.
CREATE UNIQUE INDEX claims_one_per_deposit ON claims (deposit_id) WHERE deposit_id IS NOT NULL;
CREATE INDEX claims_open_by_amount ON claims (amount_minor, paid_on) WHERE state = 'open';
CREATE INDEX claims_by_wallet ON claims (wallet_id, made_at DESC);
ALTER TABLE claims OWNER TO purser_ledger;
GRANT SELECT, INSERT, UPDATE (state, deposit_id, ended_at) ON claims TO purser_app;

SELECT audit_table('claims', 'claim', 'id', ARRAY['wallet_id', 'amount_minor', 'state', 'deposit_id']);
SELECT audit_table('payer_revocations', 'payer_revocation', 'id', ARRAY['wallet_id', 'deposit_id', 'revoked_by']);
