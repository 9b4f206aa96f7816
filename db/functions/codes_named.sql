-- Every customer code that a text may name, in any form that a reading of references could take for one: other letters and
-- signs within it (blanks, line breaks, marks of MT940, escapes of JSON), full-width letters, letters that look like digits. It finds more than
-- a reading does, never less: what it finds is only kept from being issued.
-- It has no search path of its own, so that a query takes it in: name_codes(), which calls it, has one.
CREATE OR REPLACE FUNCTION codes_named(p_text text) RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT 'CUS' || translate(substr(found[1], 4), 'OILSB', '01158')
    FROM (
      -- Nearly every text is ASCII, which needs no normal form; only UTF8 has one.
      SELECT upper(CASE WHEN octet_length(p_text) = length(p_text) OR getdatabaseencoding() <> 'UTF8' THEN p_text
                        ELSE normalize(p_text, NFKC) END) AS text OFFSET 0) plain,
    LATERAL (
      SELECT text AS reading
      UNION ALL
      SELECT regexp_replace(text, '[?>~<^+](2[0-9]|6[0-3])', '', 'g') WHERE text ~ '[?>~<^+][26][0-9]'
      UNION ALL
      SELECT regexp_replace(text, '\\+([BFNRT]|U[0-9A-F]{4}|[0-7]{3})', ' ', 'g') WHERE text LIKE '%\\%') readings,
    LATERAL regexp_matches(regexp_replace(reading, '[^A-Z0-9]+', '', 'g'), 'CUS[0-9OILSB]{8}', 'g') AS found
$$;
ALTER FUNCTION codes_named OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION codes_named FROM PUBLIC;
GRANT EXECUTE ON FUNCTION codes_named TO purser_app;
