-- I20. Refuses a write by an API key that is not in force, lacks the scope, or is not the one that the transaction named as its
-- actor: whoever is written down as having decided is who the audit trail names. The process acts for everybody, so the
-- database cannot know who sat before it; this binds each such write to a key that was made for it. Answers the person behind
-- the key; null for a service's.
CREATE OR REPLACE FUNCTION require_key(p_key text, p_scope text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE who text;
BEGIN
  SELECT k.person INTO who FROM api_keys k
   WHERE k.id = p_key AND p_scope = ANY (k.scopes)
     AND (k.revoked_at IS NULL OR k.revoked_at > now()) AND (k.expires_at IS NULL OR k.expires_at > now())
     AND current_setting('purser.actor_kind', true) = k.owner_kind
     AND current_setting('purser.actor_key', true) = k.id
     AND coalesce(current_setting('purser.actor_person', true), '') = coalesce(k.person, '');
  IF NOT FOUND THEN
    RAISE EXCEPTION 'key % may not do this, or is not the one at work', p_key USING ERRCODE = 'PU023';
  END IF;
  RETURN who;
END $$;
REVOKE EXECUTE ON FUNCTION require_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION require_key TO purser_ledger;
