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

-- Section C: suggestions, payer memory, claims.
