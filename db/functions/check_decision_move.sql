-- I20. Decides how a decision may move: what was proposed never changes, but that a return gets the bank details it asked for,
-- and its state only goes along the pairs below. Persons come from the keys that were used.
-- The list of states is the constraint decisions_state_known.
CREATE OR REPLACE FUNCTION check_decision_move() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF (NEW.id, NEW.deposit_id, NEW.kind, NEW.reason, NEW.amount_minor, NEW.currency, NEW.keep_until, NEW.line_id, NEW.needs_approval,
      NEW.proposed_by, NEW.proposed_person, NEW.proposed_at)
     IS DISTINCT FROM (OLD.id, OLD.deposit_id, OLD.kind, OLD.reason, OLD.amount_minor, OLD.currency, OLD.keep_until,
      OLD.line_id, OLD.needs_approval, OLD.proposed_by, OLD.proposed_person, OLD.proposed_at)
     OR (OLD.state <> 'needs_payer_details' AND (NEW.payer, NEW.payer_by, NEW.payer_person, NEW.payer_at, NEW.payload_sha256, NEW.expires_at)
         IS DISTINCT FROM (OLD.payer, OLD.payer_by, OLD.payer_person, OLD.payer_at, OLD.payload_sha256, OLD.expires_at)) THEN
    RAISE EXCEPTION 'what decision % proposes never changes', OLD.id USING ERRCODE = 'PU017';
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('needs_payer_details', 'proposed'), ('needs_payer_details', 'rejected'), ('needs_payer_details', 'refused'),
    ('proposed', 'approved'), ('proposed', 'rejected'), ('proposed', 'expired'), ('proposed', 'refused'),
    ('approved', 'executed'), ('approved', 'refused')) THEN
    RAISE EXCEPTION 'decision % cannot go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'PU020';
  END IF;
  IF NEW.state = OLD.state AND OLD.state <> 'approved' AND NEW IS DISTINCT FROM OLD THEN
    RAISE EXCEPTION 'decision % is % and stays as it is', OLD.id, OLD.state USING ERRCODE = 'PU020';
  END IF;
  IF NEW.payer_by IS DISTINCT FROM OLD.payer_by THEN
    NEW.payer_person := (SELECT person FROM api_keys WHERE id = NEW.payer_by AND owner_kind = 'person');
  END IF;
  IF NEW.approved_by IS DISTINCT FROM OLD.approved_by THEN
    NEW.approved_person := (SELECT person FROM api_keys WHERE id = NEW.approved_by AND owner_kind = 'person');
  END IF;
  IF NEW.rejected_by IS DISTINCT FROM OLD.rejected_by THEN
    NEW.rejected_person := (SELECT person FROM api_keys WHERE id = NEW.rejected_by AND owner_kind = 'person');
  END IF;
  RETURN NEW;
END $$;
