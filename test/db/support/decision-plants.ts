import { VANISHED_PLANTS } from './vanished-plants.ts';

/** Faults in decisions, as {@link PLANTS} has them. */
export const DECISION_PLANTS: readonly (readonly [string, string, ...string[]])[] = [
  [
    'I20 people',
    'a return that one person approved alone',
    `ALTER TABLE decisions DROP CONSTRAINT decisions_two_people`,
    `UPDATE decisions SET approved_person = proposed_person, approved_by = proposed_by`,
  ],
  [
    'I20 people',
    'a return that nobody approved',
    `ALTER TABLE decisions DROP CONSTRAINT decisions_approval_given`,
    `UPDATE decisions SET approved_by = NULL, approved_person = NULL, approved_at = NULL, approved_sha256 = NULL`,
  ],
  [
    'I20 people',
    'a return that needed one person only',
    `ALTER TABLE decisions DROP CONSTRAINT decisions_some_need_two`,
    `UPDATE decisions SET needs_approval = false`,
  ],
  ['I20 people', 'an approver of another name', `UPDATE decisions SET approved_person = 'nobody'`],
  [
    'I20 alone',
    'a large credit that one person decided alone',
    `INSERT INTO decisions (id, deposit_id, kind, state, amount_minor, currency, reason, payload_sha256, needs_approval, proposed_by, proposed_person)
     SELECT 'dec_planted', deposit_id, 'credit', 'approved', 500001, currency, 'mine', payload_sha256, false, proposed_by, proposed_person
       FROM decisions WHERE kind = 'return' LIMIT 1`,
    `INSERT INTO decision_allocations VALUES ('dec_planted', 0, (SELECT min(id) FROM wallets), 500001)`,
  ],
  [
    'I20 alone',
    'small credits of one person that add up',
    `INSERT INTO decisions (id, deposit_id, kind, state, amount_minor, currency, reason, payload_sha256, needs_approval, proposed_by, proposed_person, proposed_at)
     SELECT 'dec_planted' || n, deposit_id, 'credit', 'approved', 250001, currency, 'mine', payload_sha256, false, proposed_by, proposed_person,
            now() - n * interval '3 days'
       FROM decisions, generate_series(1, 2) n WHERE kind = 'return'`,
    `INSERT INTO decision_allocations SELECT id, 0, (SELECT min(id) FROM wallets), amount_minor FROM decisions WHERE id LIKE 'dec_planted%'`,
  ],
  ['I20 hash', 'a reason that was changed', `UPDATE decisions SET reason = 'another'`],
  [
    'I20 hash',
    'an account that was changed',
    `UPDATE decisions SET payer = payer || '{"account": "999999999"}'`,
  ],
  [
    'I20 parts',
    'a return that names a wallet',
    `INSERT INTO decision_allocations SELECT c.id, 0, (SELECT min(id) FROM wallets), c.amount_minor FROM decisions c`,
  ],
  [
    'I20 executed',
    'money that moved before the decision was carried out',
    `UPDATE decisions SET state = 'approved', outcome = NULL, applied_at = NULL`,
  ],
  [
    'I20 executed',
    'a decision that moved nothing',
    `ALTER TABLE journals DROP CONSTRAINT journals_move_is_decided`,
    `UPDATE journals SET decision_id = NULL`,
  ],
  ['I18 grants', 'the application may open gates', `GRANT UPDATE (state) ON gates TO purser_app`],
  [
    'I18 functions',
    'everybody may approve',
    `GRANT EXECUTE ON FUNCTION approve_decision TO PUBLIC`,
  ],
  [
    'I18 grants',
    'the application may change what was proposed',
    `GRANT UPDATE (payload_sha256) ON decisions TO purser_app`,
  ],
  [
    'I17',
    'approvals that nothing looks at',
    `ALTER TABLE decisions DISABLE TRIGGER decisions_legal_move`,
  ],
  ...VANISHED_PLANTS,
];
