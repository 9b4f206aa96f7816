/** Faults to plant into the audit trail past every trigger, as in verify-plants.ts. */
export const AUDIT_PLANTS: readonly (readonly [string, string, ...string[]])[] = [
  [
    'I19 rows',
    'a row edited',
    `UPDATE audit_events SET why = 'nothing to see' WHERE id = (SELECT max(id) - 3 FROM audit_events)`,
  ],
  [
    'I19 rows',
    'another person named',
    `UPDATE audit_events SET actor_person = 'somebody' WHERE id = (SELECT max(id) - 3 FROM audit_events)`,
  ],
  [
    'I19 rows',
    'the tail cut, its seals left',
    `DELETE FROM audit_events WHERE id = (SELECT max(id) FROM audit_events)`,
  ],
  [
    'I19',
    'a batch cut out with its rows',
    `DELETE FROM audit_events WHERE id <@ (SELECT event_ids FROM audit_seals WHERE seq = 2)`,
    `DELETE FROM audit_seals WHERE seq = 2`,
  ],
  [
    'I19',
    'a batch cut out, the later ones numbered anew',
    `DELETE FROM audit_seals WHERE seq = 2`,
    `UPDATE audit_seals SET seq = seq + 100000 WHERE seq > 2`,
    `UPDATE audit_seals SET seq = seq - 100001 WHERE seq > 100000`,
  ],
  [
    'I19',
    'a seal computed for other facts',
    `UPDATE audit_seals SET hash = sha256('x') WHERE seq = (SELECT max(seq) FROM audit_seals)`,
  ],
  [
    'I19',
    'a batch that is said to hold other rows',
    `UPDATE audit_seals SET contents = jsonb_set(contents, '{lines}', '{"ids": "{}", "rows": 0, "sha256": null}') WHERE contents ? 'lines'`,
  ],
  [
    'I19 sealed',
    'a row that the sealer never took',
    `INSERT INTO audit_events (action, subject_kind, subject_id, happened_at) VALUES ('wallet.changed', 'wallet', 'x', now() - interval '2 hours')`,
  ],
  [
    'I19 sealed',
    'a line that is older than its seal',
    `INSERT INTO lines (bank_account_key, key_scheme, facts_key, occurrence, transaction_key, booking_date, amount_minor, currency, "references", text, source, captured_at)
     VALUES ('main', 1, 'late', 1, 'late', '2026-11-20', 0, 'ZAR', '{}', '', 'poll', now() - interval '2 days')`,
  ],
  [
    'I19 erased',
    'texts erased by nobody',
    `UPDATE lines SET commitment = sha256('x'), salt = NULL, "references" = '{}', text = '' WHERE id = (SELECT min(id) FROM lines)`,
  ],
  [
    'I17 rules',
    'a rule that turns writes into nothing',
    `CREATE RULE lines_silent AS ON INSERT TO lines DO INSTEAD NOTHING`,
  ],
  [
    'I17 rules',
    'a trigger that only looks like the release’s',
    `DROP TRIGGER lines_append_only ON lines`,
    `CREATE TRIGGER lines_append_only BEFORE DELETE ON lines FOR EACH ROW EXECUTE FUNCTION refuse_change()`,
  ],
  [
    'I18 code',
    'a function that refuses nothing any more',
    `CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$`,
  ],
  ['I18 rights', 'the application may delete keys', `GRANT DELETE ON api_keys TO purser_app`],
  [
    'I19 complete',
    'a state set past the triggers',
    `UPDATE wallets SET status = 'frozen' WHERE code = 'CUS00000001'`,
  ],
  [
    'I19 complete',
    'the trail of a credit deleted',
    `DELETE FROM audit_events WHERE subject_kind = 'deposit' AND after ->> 'state' = 'credited'`,
  ],
  ['I19 complete', 'the whole trail deleted', `DELETE FROM audit_events`],
  [
    'I18 grants',
    'the application may write audit rows',
    `GRANT INSERT ON audit_events TO purser_app`,
  ],
  ['I18 functions', 'everybody may seal', `GRANT EXECUTE ON FUNCTION seal_audit TO PUBLIC`],
  [
    'I17',
    'an audit trigger switched off',
    `ALTER TABLE deposits DISABLE TRIGGER deposits_audit_update`,
  ],
  [
    'I17',
    'the audit trail made changeable',
    `DROP TRIGGER audit_events_append_only ON audit_events`,
  ],
];
