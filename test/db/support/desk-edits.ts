import type { Edit } from './money-edits.ts';

const set = (table: string, change: string, where: string): string =>
  `UPDATE ${table} SET ${change} WHERE ${where}`;
const oneOf = (table: string, where = 'true', id = 'id') =>
  `${id} = (SELECT min(${id}) FROM ${table} WHERE ${where})`;
const RETURN = oneOf('decisions', `kind = 'return'`);
/** The hash of a decision, computed as the product does. */
const REHASH = `
  UPDATE decisions c SET payload_sha256 = h.sha256, approved_sha256 = h.sha256 FROM (
    SELECT d.id, encode(sha256(convert_to(concat(E'purser decision 1\\n', d.id, E'\\n', d.deposit_id, E'\\n', d.kind, E'\\n', d.amount_minor, ' ', d.currency, E'\\n',
             d.keep_until, E'\\n', d.payer ->> 'name', E'\\n', d.payer ->> 'bank', E'\\n', d.payer ->> 'branch', E'\\n', d.payer ->> 'account', E'\\n', d.reason, E'\\n', d.line_id,
             (SELECT string_agg(E'\\n' || a.wallet_id || ' ' || a.amount_minor, '' ORDER BY a.part) FROM decision_allocations a WHERE a.decision_id = d.id)), 'UTF8')), 'hex') AS sha256
      FROM decisions d) h WHERE h.id = c.id`;

/** Edits of decisions, people, rules and the trail itself. */
export const DESK_EDITS: readonly Edit[] = [
  [
    'the account of a return changed',
    set('decisions', `payer = payer || '{"account": "1"}'`, RETURN),
  ],
  [
    'the account of a return changed, hashes recomputed',
    set('decisions', `payer = payer || '{"account": "1"}'`, RETURN),
    REHASH,
  ],
  [
    'the reason of a decision changed, hashes recomputed',
    set('decisions', `reason = 'other'`, RETURN),
    REHASH,
  ],
  [
    'an approver removed',
    set(
      'decisions',
      'approved_by = NULL, approved_person = NULL, approved_at = NULL, approved_sha256 = NULL, needs_approval = false',
      `kind = 'credit'`,
    ),
  ],
  [
    'another approver',
    set(
      'decisions',
      `approved_by = (SELECT id FROM api_keys WHERE person = 'thandi'), approved_person = 'thandi'`,
      RETURN,
    ),
  ],
  [
    'another proposer',
    set(
      'decisions',
      `proposed_by = (SELECT id FROM api_keys WHERE person = 'thandi'), proposed_person = 'thandi'`,
      RETURN,
    ),
  ],
  [
    'a decision that needed one person',
    set('decisions', 'needs_approval = false', `kind = 'credit'`),
  ],
  [
    'parts of a split exchanged',
    set('decision_allocations', 'part = part + 10', 'true'),
    set('decision_allocations', 'part = 11 - part', 'true'),
    REHASH,
  ],
  [
    'an approved decision refused',
    set('decisions', `state = 'refused', outcome = 'refused'`, `kind = 'pair'`),
  ],
  [
    'a decision deleted',
    `DELETE FROM return_export_items`,
    `DELETE FROM decisions WHERE ${RETURN}`,
  ],
  [
    'a decision that nobody made',
    `INSERT INTO decisions (id, deposit_id, kind, state, amount_minor, currency, reason, payload_sha256, needs_approval, proposed_by, proposed_person, expires_at)
     SELECT 'dec_x', d.id, 'dismiss', 'proposed', d.amount_minor, d.currency, 'x', 'x', true, c.proposed_by, c.proposed_person, now() FROM deposits d, decisions c WHERE d.state = 'captured' LIMIT 1`,
  ],
  [
    'two codes swapped',
    set(
      'wallets',
      `code = CASE code WHEN 'CUS00000001' THEN 'CUS00000092' WHEN 'CUS00000002' THEN 'CUS00000001' END`,
      `code IN ('CUS00000001', 'CUS00000002')`,
    ),
    set('wallets', `code = 'CUS00000002'`, `code = 'CUS00000092'`),
  ],
  [
    'two owners swapped',
    `UPDATE wallets SET external_ref = CASE external_ref WHEN 'crm-CUS00000003' THEN 'x' ELSE 'crm-CUS00000003' END WHERE external_ref IN ('crm-CUS00000003', 'crm-CUS00000004')`,
    set('wallets', `external_ref = 'crm-CUS00000004'`, `external_ref = 'x'`),
  ],
  ['another name of a customer', set('wallets', `name = 'Somebody'`, oneOf('wallets'))],
  [
    'a checked code made legacy',
    set(
      'wallets',
      `code_kind = CASE code_kind WHEN 'legacy' THEN 'checked' ELSE 'legacy' END`,
      oneOf('wallets'),
    ),
  ],
  ['a frozen wallet', set('wallets', `status = 'frozen'`, oneOf('wallets'))],
  ['a wallet that nobody opened', `INSERT INTO wallets (id, code) VALUES ('wal_x', 'CUS09999999')`],
  [
    'a wallet deleted',
    `DELETE FROM wallets WHERE last_seq = 0`,
    `DELETE FROM wallets WHERE ${oneOf('wallets')}`,
  ],
  ['a gate flipped', set('gates', `state = 'open'`, 'true')],
  ['a gate closed by another', set('gates', `changed_by = (SELECT min(id) FROM api_keys)`, 'true')],
  ['a gate removed', `DELETE FROM gates`],
  [
    'a gate for all that nobody closed',
    `INSERT INTO gates (scope, state, cause, reason) VALUES ('*', 'open', 'operator', 'x')`,
  ],
  [
    'a key inserted',
    `INSERT INTO api_keys (id, secret_hash, name, owner_kind, person, caller, scopes) VALUES ('key_x', 'x', 'x', 'person', 'mallory', 'mallory', '{decision:approve}')`,
  ],
  [
    'a key inserted with its event',
    `INSERT INTO api_keys (id, secret_hash, name, owner_kind, person, caller, scopes) VALUES ('key_x', 'x', 'x', 'person', 'mallory', 'mallory', '{}')`,
    `INSERT INTO audit_events (action, subject_kind, subject_id, after, happened_at) VALUES ('api_key.added', 'api_key', 'key_x', '{"owner_kind": "person", "person": "mallory", "caller": "mallory", "scopes": [], "bound_accounts": null, "own_wallets": false, "rotated_from": null, "expires_at": null, "revoked_at": null, "private": "x"}', now() - interval '2 days')`,
  ],
  ['scopes raised', set('api_keys', `scopes = scopes || '{key:admin}'`, `person = 'thandi'`)],
  [
    'a key of another person',
    set('api_keys', `person = 'mallory', caller = 'mallory'`, `person = 'thandi'`),
  ],
  ['a key with another secret', set('api_keys', `secret_hash = 'mine'`, `person = 'thandi'`)],
  ['a revoked key in use again', set('api_keys', `revoked_at = now()`, `person = 'thandi'`)],
  ['a key that never ends', set('api_keys', `expires_at = '2099-01-01'`, `person = 'thandi'`)],
  [
    'a bank account read elsewhere',
    set('bank_accounts', `api_url = 'https://mallory.example'`, `key = 'main'`),
  ],
  [
    'a bank account of another number',
    set('bank_accounts', `statement_account = '1'`, `key = 'main'`),
  ],
  [
    'another secret of a bank account',
    set('bank_accounts', `webhook_secret_env = 'BANK_OTHER_WEBHOOK_SECRET'`, `key = 'main'`),
  ],
  [
    'webhooks trusted further',
    set('bank_accounts', 'webhook_spendable_minor = 100000000', `key = 'main'`),
  ],
  ['a higher limit', set('bank_accounts', 'amount_limit_minor = 1', `key = 'main'`)],
  [
    'another opening balance',
    set('bank_accounts', `opening_minor = 5, opening_on = '2026-01-01'`, `key = 'main'`),
  ],
  [
    'an account that nobody added',
    `INSERT INTO bank_accounts (key, bank_name, currency, time_zone) VALUES ('x', 'x', 'ZAR', 'UTC')`,
  ],
  ['a name of an account removed', `DELETE FROM bank_account_names WHERE name = 'main'`],
  [
    'a case closed by another',
    set('line_cases', `closed_by = (SELECT min(id) FROM api_keys)`, `outcome = 'decided'`),
  ],
  ['a case deleted', `DELETE FROM line_cases WHERE ${oneOf('line_cases')}`],
  [
    'a review closed',
    set('reviews', 'closed_at = now()', 'closed_at IS NULL'),
    set('deposits', `state = 'captured'`, `state = 'in_review'`),
  ],
  ['a later deadline', set('reviews', `due_at = due_at + interval '30 days'`, 'true')],
  ['a review of another person', set('reviews', `assignee = 'mallory'`, 'true')],
  ['another comment', set('review_comments', `text = 'all is well'`, 'true')],
  ['a comment deleted', `DELETE FROM review_comments`],
  ['a claim of another sum', set('claims', 'amount_minor = 9', 'true')],
  ['a revoked payer remembered again', `DELETE FROM payer_revocations`],
  ['why a payer was revoked', set('payer_revocations', `reason = 'x'`, 'true')],
  [
    'an event of another person',
    set(
      'audit_events',
      `actor_person = 'mallory'`,
      oneOf('audit_events', `action = 'decision.added'`),
    ),
  ],
  [
    'an event at another time',
    set('audit_events', `happened_at = happened_at - interval '1 day'`, oneOf('audit_events')),
  ],
  ['another reason in the trail', set('audit_events', `why = 'x'`, oneOf('audit_events'))],
  [
    'an event deleted',
    `DELETE FROM audit_events WHERE ${oneOf('audit_events', `action = 'decision.changed'`)}`,
  ],
  [
    'an event invented',
    `INSERT INTO audit_events (action, subject_kind, subject_id, after) SELECT 'gate.changed', 'gate', 'main', '{"state": "open", "cause": "operator", "changed_by": null}'`,
  ],
  [
    'a seal of other contents',
    set('audit_seals', `contents = contents || '{"lines": {}}'`, 'seq = 2'),
  ],
  ['a seal deleted', `DELETE FROM audit_seals WHERE seq = 3`],
  [
    'the last seal deleted with its events',
    `DELETE FROM audit_events WHERE id <@ (SELECT event_ids FROM audit_seals ORDER BY seq DESC LIMIT 1)`,
    `DELETE FROM audit_seals WHERE seq = (SELECT max(seq) FROM audit_seals)`,
  ],
];
