/** Faults to plant into the audit trail past every trigger, as in verify-plants.ts. */
export const AUDIT_PLANTS: readonly (readonly [string, string, ...string[]])[] = [
  [
    'I19',
    'a row edited',
    `UPDATE audit_events SET why = 'nothing to see' WHERE id = (SELECT event_id FROM audit_seals WHERE seq = 2)`,
  ],
  [
    'I19',
    'another person named',
    `UPDATE audit_events SET actor_person = 'somebody' WHERE id = (SELECT event_id FROM audit_seals WHERE seq = 3)`,
  ],
  [
    'I19',
    'the tail cut, its seals left',
    `DELETE FROM audit_events WHERE id = (SELECT event_id FROM audit_seals ORDER BY seq DESC LIMIT 1)`,
  ],
  [
    'I19',
    'a row cut out with its seal',
    `DELETE FROM audit_events WHERE id = (SELECT event_id FROM audit_seals WHERE seq = 2)`,
    `DELETE FROM audit_seals WHERE seq = 2`,
  ],
  [
    'I19',
    'a row cut out, the later ones numbered anew',
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
    'I19 sealed',
    'a row that the sealer never took',
    `INSERT INTO audit_events (action, subject_kind, subject_id, happened_at) VALUES ('wallet.changed', 'wallet', 'x', now() - interval '2 hours')`,
  ],
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
