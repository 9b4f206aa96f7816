-- I20. Decides how an API key may change: what it may do and for whom never changes, and what has ended stays ended. Refuses a
-- person whose name could be taken for another person's, or for Purser's own.
CREATE OR REPLACE FUNCTION check_api_key() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.id, NEW.secret_hash, NEW.name, NEW.owner_kind, NEW.person, NEW.caller, NEW.scopes, NEW.bound_accounts, NEW.own_wallets,
        NEW.rotated_from, NEW.created_at)
       IS DISTINCT FROM (OLD.id, OLD.secret_hash, OLD.name, OLD.owner_kind, OLD.person, OLD.caller, OLD.scopes, OLD.bound_accounts,
        OLD.own_wallets, OLD.rotated_from, OLD.created_at) THEN
      RAISE EXCEPTION 'what API key % may do, and for whom, never changes', OLD.id USING ERRCODE = 'PU017';
    END IF;
    IF (OLD.revoked_at IS NOT NULL OR OLD.expires_at <= now())
       AND (NEW.revoked_at, NEW.expires_at) IS DISTINCT FROM (OLD.revoked_at, OLD.expires_at) THEN
      RAISE EXCEPTION 'API key % has ended for good', OLD.id USING ERRCODE = 'PU017';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.person IS NOT NULL THEN
    -- Two new persons of one form would not see each other.
    PERFORM pg_advisory_xact_lock(7805296118546);
    IF name_form(NEW.person) = name_form('purser') OR EXISTS (
      SELECT 1 FROM api_keys k WHERE k.person <> NEW.person AND name_form(k.person) = name_form(NEW.person)) THEN
      RAISE EXCEPTION 'the name looks like another person''s' USING ERRCODE = '23505',
        CONSTRAINT = 'api_keys_one_name_a_person', TABLE = 'api_keys';
    END IF;
  END IF;
  RETURN NEW;
END $$;
