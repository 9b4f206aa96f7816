-- Stores new lines with their origin journals and first sightings and makes a deposit of each credit, in one statement.
-- Zero-amount notices get no journal and no deposit. The caller holds the bank account's advisory lock.
-- I18: one of the ways to write money rows. It runs as the ledger role; the application may call it.
CREATE OR REPLACE FUNCTION capture_lines(
  p_bank_account text, p_run text, p_feed text, p_source text, p_key_scheme smallint,
  p_facts_key text[], p_occurrence integer[], p_transaction_key text[], p_booking_date date[], p_value_date date[],
  p_amount bigint[], p_currency text[], p_reversal boolean[], p_references text[], p_text text[],
  p_counterparty_name text[], p_counterparty_account text[], p_deposit_id text[], p_hold_reason text[],
  -- Whether the sighting is stored here, and how it was shown; each element of p_references is an array as text.
  p_seen boolean[], p_bank_id text[], p_shown_as text[],
  p_beside bigint[], p_balance bigint[], p_batch_id text[], p_batch_minor bigint[]
) RETURNS TABLE (idx bigint, line_id bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH input AS MATERIALIZED (
    SELECT nextval('public.lines_id_seq') AS line_id, nextval('public.journals_id_seq') AS journal_id, i.*
      FROM unnest(p_facts_key, p_occurrence, p_transaction_key, p_booking_date, p_value_date, p_amount, p_currency,
                  p_reversal, p_references, p_text, p_counterparty_name, p_counterparty_account, p_deposit_id, p_hold_reason,
                  p_seen, p_bank_id, p_shown_as, p_beside, p_balance, p_batch_id, p_batch_minor)
           WITH ORDINALITY AS i(facts_key, occurrence, transaction_key, booking_date, value_date, amount, currency,
                  reversal, refs, text, counterparty_name, counterparty_account, deposit_id, hold_reason,
                  seen, bank_id, shown_as, beside, balance, batch_id, batch_minor, idx)
  ), new_lines AS (
    INSERT INTO lines (id, bank_account_key, key_scheme, facts_key, occurrence, transaction_key, booking_date, value_date,
                       amount_minor, currency, reversal, "references", text, counterparty_name, counterparty_account, source)
    OVERRIDING SYSTEM VALUE
    SELECT line_id, p_bank_account, p_key_scheme, facts_key, occurrence, transaction_key, booking_date, value_date,
           amount, currency, reversal, refs::text[], text, counterparty_name, counterparty_account, p_source FROM input
  ), new_sightings AS (
    INSERT INTO sightings (bank_account_key, line_id, feed, source, run_id, bank_id, facts_key, booking_date, amount_minor, reference,
                           balance_minor, batch_id, batch_minor)
    SELECT p_bank_account, line_id, p_feed, p_source, p_run, bank_id, facts_key, booking_date, amount, shown_as,
           balance, batch_id, batch_minor FROM input WHERE seen
  ), new_holds AS (
    INSERT INTO line_holds (line_id, reason, beside_line_id)
    SELECT line_id, hold_reason, beside FROM input WHERE hold_reason IS NOT NULL
  ), new_deposits AS (
    INSERT INTO deposits (id, line_id, bank_account_key, transaction_key, amount_minor, currency, booking_date, hold_reason, run_id)
    SELECT deposit_id, line_id, p_bank_account, transaction_key, amount, currency, booking_date, hold_reason, p_run
      FROM input WHERE amount > 0
  ), new_journals AS (
    INSERT INTO journals (id, kind, bank_account_key, line_id, deposit_id, event_on)
    OVERRIDING SYSTEM VALUE
    SELECT journal_id, 'capture', p_bank_account, line_id, CASE WHEN amount > 0 THEN deposit_id END, booking_date
      FROM input WHERE amount <> 0
  ), new_postings AS (
    INSERT INTO postings (journal_id, leg, account, bank_account_key, unit, amount)
    SELECT journal_id, 1, 'bank', p_bank_account, currency, amount FROM input WHERE amount <> 0
    UNION ALL
    SELECT journal_id, 2, CASE WHEN amount > 0 THEN 'suspense' ELSE 'bank_other' END, p_bank_account, currency, -amount
      FROM input WHERE amount <> 0
  )
  SELECT idx, line_id FROM input ORDER BY idx
$$;
ALTER FUNCTION capture_lines OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION capture_lines FROM PUBLIC;
GRANT EXECUTE ON FUNCTION capture_lines TO purser_app;
