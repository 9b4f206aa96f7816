-- I19. Has each change of these columns of a table written down, with the row's id as the subject; new and deleted rows too,
-- or with `p_inserts` false only what happens to rows later. Of the columns `p_private` the trail holds one salted hash, so that
-- their texts can be erased and the trail still proves the rest; such a table has the columns salt and commitment. It makes one
-- trigger function for the table and its triggers; called again for a table, it replaces the lists. For db/baseline/ and numbered
-- files, never for the application.
CREATE OR REPLACE FUNCTION audit_table(p_table text, p_subject text, p_id text, p_columns text[], p_inserts boolean DEFAULT true,
  p_private text[] DEFAULT '{}')
RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE facts text; image text; function_name text := p_table || '_audited';
BEGIN
  -- Whole numbers become texts: readers of JSON would take them for floats.
  SELECT string_agg(format(CASE WHEN a.atttypid = 'bigint'::regtype THEN '%L, r.%I::text' ELSE '%L, r.%I' END, c.name, c.name), ', '
                    ORDER BY c.place),
         string_agg(format('r.%I', c.name), ', ' ORDER BY c.place)
    INTO image, facts
    FROM unnest(p_columns) WITH ORDINALITY AS c(name, place)
    LEFT JOIN pg_attribute a ON a.attrelid = p_table::regclass AND a.attname = c.name AND NOT a.attisdropped
  HAVING bool_and(a.attname IS NOT NULL);
  IF cardinality(p_private) > 0 THEN
    SELECT image || format(', ''private'', encode(coalesce(r.commitment, sha256(uuid_send(r.salt) || convert_to(ROW(%s)::text, ''UTF8''))), ''hex'')',
                           string_agg(format('r.%I', c.name), ', ' ORDER BY c.place)),
           facts || ', r.salt, r.commitment, ' || string_agg(format('r.%I', c.name), ', ' ORDER BY c.place)
      INTO image, facts FROM unnest(p_private) WITH ORDINALITY AS c(name, place);
  END IF;
  IF image IS NULL THEN
    RAISE EXCEPTION 'table % has not all of the columns %', p_table, p_columns;
  END IF;
  image := format('SELECT r.%I::text AS id, jsonb_build_object(%s) AS image', p_id, image);
  facts := format('r.%I, %s', p_id, facts);
  EXECUTE format($body$
    CREATE OR REPLACE FUNCTION %1$I() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET timezone = 'UTC' AS $trigger$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT '%2$s.added', '%2$s', n.id, n.image FROM (%3$s FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT '%2$s.removed', '%2$s', o.id, o.image FROM (%3$s FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT '%2$s.changed', '%2$s', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (%3$s, bool_or(r.is_new) AS is_new
                  FROM (SELECT %4$s, false AS is_new FROM old_rows r UNION ALL SELECT %4$s, true FROM new_rows r) r
                 GROUP BY %4$s HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $trigger$ $body$, function_name, p_subject, image, facts);
  -- The call stays with what it made, so that this file can make it again when its own text changes.
  EXECUTE format('COMMENT ON FUNCTION %I() IS %L', function_name,
    format('SELECT audit_table(%L, %L, %L, %L, %L, %L)', p_table, p_subject, p_id, p_columns, p_inserts, p_private));
  EXECUTE format('ALTER FUNCTION %I OWNER TO purser_ledger', function_name);
  EXECUTE format('REVOKE EXECUTE ON FUNCTION %I FROM PUBLIC', function_name);
  IF p_inserts THEN
    EXECUTE format('CREATE OR REPLACE TRIGGER %I AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION %I()',
      p_table || '_audit_insert', p_table, function_name);
  END IF;
  EXECUTE format('CREATE OR REPLACE TRIGGER %I AFTER UPDATE ON %I REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION %I()',
    p_table || '_audit_update', p_table, function_name);
  EXECUTE format('CREATE OR REPLACE TRIGGER %I AFTER DELETE ON %I REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION %I()',
    p_table || '_audit_delete', p_table, function_name);
END $$;
REVOKE EXECUTE ON FUNCTION audit_table FROM PUBLIC;

-- Makes again what an earlier text of this file has made.
DO $$
DECLARE call text;
BEGIN
  FOR call IN
    SELECT obj_description(p.oid, 'pg_proc') FROM pg_proc p
     WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE '%\_audited' AND p.proowner = 'purser_ledger'::regrole
       AND obj_description(p.oid, 'pg_proc') LIKE 'SELECT audit\_table(%'
  LOOP
    EXECUTE call;
  END LOOP;
END $$;
