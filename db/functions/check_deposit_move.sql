-- I4. Decides how a deposit may move: its facts never change, its generation only where its line comes back, and its state
-- only along the pairs below. The list of states is the constraint deposits_state_known.
CREATE OR REPLACE FUNCTION check_deposit_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.line_id, NEW.amount_minor, NEW.currency, NEW.transaction_key)
     IS DISTINCT FROM (OLD.id, OLD.line_id, OLD.amount_minor, OLD.currency, OLD.transaction_key) THEN
    RAISE EXCEPTION 'the facts of deposit % never change', OLD.id USING ERRCODE = 'PU017';
  END IF;
  IF NEW.generation <> OLD.generation AND NOT (OLD.state = 'reversed' AND NEW.state = 'captured' AND NEW.generation > OLD.generation) THEN
    RAISE EXCEPTION 'the generation of deposit % changes only where its line comes back', OLD.id USING ERRCODE = 'PU017';
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('captured', 'in_review'), ('captured', 'credited'), ('captured', 'returned'), ('captured', 'reversed'),
    ('in_review', 'credited'), ('in_review', 'returned'), ('in_review', 'dismissed'), ('in_review', 'reversed'),
    ('credited', 'reversed'), ('reversed', 'captured')) THEN
    RAISE EXCEPTION 'deposit % cannot go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'PU004';
  END IF;
  RETURN NEW;
END $$;
