/** Text of the catalogue without blanks, brackets and casts, which the versions of PostgreSQL set differently. */
const plain = (text: string) =>
  String.raw`regexp_replace(${text}, '[\s()]|::[a-z ]+(\[\])?', '', 'g')`;

/** Whoever migrates may be called anything; every other owner is named. */
const ownerName = (owner: string) =>
  `CASE WHEN (SELECT r.rolsuper FROM pg_roles r WHERE r.oid = ${owner})
          OR ${owner} = (SELECT m.relowner FROM pg_class m WHERE m.oid = to_regclass('public.purser_migrations'))
        THEN 'the migrating login' ELSE pg_get_userbyid(${owner})::text END`;

const roleName = (role: string) =>
  `CASE ${role} WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(${role})::text END`;

const callers = (acl: string, owner: string) => `(
  SELECT string_agg(${roleName('a.grantee')}, ' ' ORDER BY ${roleName('a.grantee')} COLLATE "C")
    FROM aclexplode(coalesce(${acl}, acldefault('f', ${owner}))) a WHERE a.grantee <> ${owner})`;

/**
 * What the database's own rules are: its functions, triggers, constraints, columns, owners and rights, each as `kind`,
 * `name` and `facts`, spelt the same by every version of PostgreSQL. The release's list of them is
 * `schema-manifest.json`.
 */
export const CATALOGUE = `
  SELECT 'function' AS kind, format('%s(%s)', p.proname, oidvectortypes(p.proargtypes)) AS name,
         concat_ws(' | ', encode(sha256(convert_to(p.prosrc, 'UTF8')), 'hex'), l.lanname, pg_get_function_result(p.oid),
                   p.prokind, p.provolatile, CASE WHEN p.prosecdef THEN 'definer' END, CASE WHEN p.proisstrict THEN 'strict' END,
                   array_to_string(p.proconfig, ' '), 'owner ' || ${ownerName('p.proowner')},
                   'may run: ' || coalesce(${callers('p.proacl', 'p.proowner')}, 'nobody else')) AS facts
    FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
   WHERE p.pronamespace = 'public'::regnamespace
     AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
  UNION ALL
  SELECT 'trigger', c.relname || '.' || t.tgname,
         concat_ws(' | ', t.tgfoid::regproc::text, 'type ' || t.tgtype, 'enabled ' || t.tgenabled::text,
                   (SELECT 'of ' || string_agg(a.attname, ' ' ORDER BY a.attnum) FROM pg_attribute a
                     WHERE a.attrelid = c.oid AND a.attnum = ANY (t.tgattr)),
                   t.tgoldtable, t.tgnewtable, CASE WHEN t.tgdeferrable THEN 'deferrable' END,
                   nullif(encode(t.tgargs, 'escape'), ''), CASE WHEN t.tgqual IS NOT NULL THEN 'when ' || md5(pg_get_triggerdef(t.oid)) END)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
   WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal
  UNION ALL
  SELECT 'constraint', c.relname || '.' || k.conname,
         concat_ws(' | ', ${plain('pg_get_constraintdef(k.oid)')}, CASE WHEN NOT k.convalidated THEN 'not validated' END,
                   CASE WHEN EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgconstraint = k.oid AND t.tgenabled NOT IN ('O', 'A')) THEN 'off' END)
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
   WHERE c.relnamespace = 'public'::regnamespace AND k.contype IN ('c', 'f', 'p', 'u', 'x')
  UNION ALL
  SELECT 'unique index', c.relname || '.' || i.relname,
         concat_ws(' | ', ${plain('pg_get_indexdef(x.indexrelid)')}, CASE WHEN NOT x.indisvalid THEN 'invalid' END)
    FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
   WHERE c.relnamespace = 'public'::regnamespace AND x.indisunique
     AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x'))
  UNION ALL
  SELECT 'column', c.relname || '.' || a.attname,
         concat_ws(' | ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
                   CASE WHEN a.attidentity <> '' THEN 'identity ' || a.attidentity::text END, ${plain('pg_get_expr(d.adbin, d.adrelid)')})
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  UNION ALL
  SELECT 'table', c.relname::text,
         concat_ws(' | ', 'owner ' || ${ownerName('c.relowner')}, 'kind ' || c.relkind::text, 'persistence ' || c.relpersistence::text,
                   CASE WHEN c.relrowsecurity THEN 'row security' END)
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  UNION ALL
  SELECT 'right', format('%s to %s', c.relname, ${roleName('a.grantee')}),
         string_agg(a.privilege_type || CASE WHEN a.is_grantable THEN ' with grant option' ELSE '' END, ' ' ORDER BY a.privilege_type)
    FROM pg_class c, aclexplode(c.relacl) a
   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'S') AND a.grantee <> c.relowner
     AND a.privilege_type NOT IN ('SELECT', 'MAINTAIN')
   GROUP BY c.relname, a.grantee
  UNION ALL
  SELECT 'right', format('%s.%s to %s', c.relname, t.attname, ${roleName('a.grantee')}),
         string_agg(a.privilege_type || CASE WHEN a.is_grantable THEN ' with grant option' ELSE '' END, ' ' ORDER BY a.privilege_type)
    FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid AND NOT t.attisdropped, aclexplode(t.attacl) a
   WHERE c.relnamespace = 'public'::regnamespace AND a.grantee <> c.relowner AND a.privilege_type <> 'SELECT'
   GROUP BY c.relname, t.attname, a.grantee
  UNION ALL
  SELECT CASE WHEN r.ev_type = '1' THEN 'view' ELSE 'rule' END, c.relname || '.' || r.rulename, 'type ' || r.ev_type::text || ' enabled ' || r.ev_enabled::text
    FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class WHERE c.relnamespace = 'public'::regnamespace AND c.relkind <> 'v'
  UNION ALL
  SELECT 'policy', c.relname || '.' || p.polname, 'command ' || p.polcmd::text
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = 'public'::regnamespace`;
