-- I20. What a person's name looks like: two names of one form could be taken for each other. The letters that a name may have
-- are the constraint api_keys_person_spelling.
CREATE OR REPLACE FUNCTION name_form(p_name text) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT translate(replace(replace(p_name, 'rn', 'm'), 'vv', 'w'), '01._-', 'ol')
$$;
