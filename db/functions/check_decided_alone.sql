-- I20. Refuses a credit that one person decides alone where it is above the limit, or raises what that person decided alone for
-- one of its customers above it. Runs at the end of the transaction, when the allocations are there too; prepare_decision()
-- has made the person's other decisions wait.
CREATE OR REPLACE FUNCTION check_decided_alone() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE above bigint; most bigint;
BEGIN
  SELECT l.above_minor INTO above FROM approval_limits l WHERE l.kind = 'credit';
  SELECT max(decided_alone_minor(NEW.proposed_person, a.wallet_id)) INTO most
    FROM decision_allocations a WHERE a.decision_id = NEW.id;
  IF greatest(NEW.amount_minor, most) > coalesce(above, 0) THEN
    RAISE EXCEPTION 'decision % needs a second person', NEW.id USING ERRCODE = 'PU020';
  END IF;
  RETURN NULL;
END $$;
