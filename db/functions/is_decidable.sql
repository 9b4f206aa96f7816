-- I20. Whether a deposit in this state allows this kind of decision. domain/review/approval.ts has the same pairs.
CREATE OR REPLACE FUNCTION is_decidable(p_kind text, p_state text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT (CASE
    WHEN p_kind IN ('credit', 'return', 'dismiss', 'keep') THEN p_state = 'in_review'
    WHEN p_kind = 'correct' THEN p_state = 'credited'
    WHEN p_kind IN ('take_back', 'pair') THEN p_state IN ('captured', 'in_review', 'credited')
  END) IS TRUE
$$;
