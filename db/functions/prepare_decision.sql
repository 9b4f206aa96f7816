-- I20. Decides what a new decision does not say itself: its persons come from the keys that were used, never from the caller,
-- its amount is the deposit's, and its first state follows from whether a second person must approve it. What one person decides
-- alone adds up (check_decided_alone), so the decisions of a person wait for each other.
CREATE OR REPLACE FUNCTION prepare_decision() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.proposed_by IS NULL THEN
    NEW.proposed_person := 'purser';
    NEW.payer := NULL;
  ELSE
    NEW.proposed_person := (SELECT person FROM api_keys WHERE id = NEW.proposed_by AND owner_kind = 'person');
  END IF;
  SELECT d.amount_minor, d.currency INTO NEW.amount_minor, NEW.currency FROM deposits d WHERE d.id = NEW.deposit_id;
  IF NEW.payer IS NOT NULL THEN
    NEW.payer_by := NEW.proposed_by;
    NEW.payer_person := NEW.proposed_person;
    NEW.payer_at := now();
  END IF;
  IF NOT NEW.needs_approval AND NEW.kind = 'credit' THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('decisions of ' || NEW.proposed_person, 0));
  END IF;
  NEW.state := CASE WHEN NOT NEW.needs_approval THEN 'approved'
                    WHEN NEW.kind = 'return' AND NEW.payer IS NULL THEN 'needs_payer_details' ELSE 'proposed' END;
  RETURN NEW;
END $$;
