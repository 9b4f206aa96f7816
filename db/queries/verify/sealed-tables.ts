import { sql, type SQL } from 'drizzle-orm';

/** What a seal holds of the rows of one table. */
export interface SealedTable {
  readonly name: string;
  /** What is final in row `t`, but its id. What changes later is compared with the trail instead. */
  readonly facts: string;
  /** Texts that name people: only their salted hash is sealed, which stays when they are erased. */
  readonly texts: readonly string[];
  /** The texts of an erased row. */
  readonly erased: string | null;
  /** When row `t` was written. */
  readonly at: string;
}

/**
 * The list of seal_audit(), repeated here: the function in the database may have been changed too. A test compares the
 * two.
 */
export const SEALED_TABLES: readonly SealedTable[] = [
  {
    name: 'audit_events',
    facts: `t.happened_at, t.actor_kind, t.actor_key, t.actor_person, t.login, t.action, t.subject_kind, t.subject_id,
        t.before, t.after`,
    texts: ['t.why'],
    erased: 't.why IS NULL',
    at: 't.happened_at',
  },
  {
    name: 'lines',
    facts: `t.bank_account_key, t.key_scheme, t.facts_key, t.occurrence, t.transaction_key, t.status, t.booking_date,
        t.value_date, t.amount_minor, t.currency, t.reversal, t.source, t.captured_at`,
    texts: ['t."references"', 't.text', 't.counterparty_name', 't.counterparty_account'],
    erased: `t."references" = '{}' AND t.text = '' AND t.counterparty_name IS NULL AND t.counterparty_account IS NULL`,
    at: 't.captured_at',
  },
  {
    name: 'journals',
    facts: `t.kind, t.bank_account_key, t.line_id, t.deposit_id, t.part, t.generation, t.decision_id, t.reverses_id,
        t.spend_id, t.rate_version, t.wallet_id, t.wallet_seq, t.credits_after, t.prepaid_after, t.remainder_after,
        t.receivable_after, t.event_on, t.created_at,
        (SELECT string_agg(ROW(p.leg, p.account, p.bank_account_key, p.wallet_id, p.unit, p.amount)::text, '' ORDER BY p.leg)
           FROM postings p WHERE p.journal_id = t.id),
        CASE WHEN t.spend_id IS NOT NULL THEN (
          SELECT ROW(s.wallet_id, s.credits, s.revenue_minor, s.spent_by, s.spent_on, s.created_at, coalesce(s.commitment,
                   sha256(uuid_send(s.salt) || convert_to(ROW(s.note)::text, 'UTF8'))))::text
            FROM spends s WHERE s.id = t.spend_id) END`,
    texts: [],
    erased: null,
    at: 't.created_at',
  },
  {
    name: 'sightings',
    facts: `t.bank_account_key, t.feed, t.source, t.run_id, t.bank_id, t.facts_key, t.booking_date, t.amount_minor,
        t.balance_minor, t.batch_id, t.batch_minor, t.seen_at, t.held_reason IS NULL,
        CASE WHEN t.held_reason IS NULL THEN t.line_id END, CASE WHEN t.held_reason IS NULL THEN t.evidence END`,
    texts: ['t.reference'],
    erased: 't.reference IS NULL',
    at: 't.seen_at',
  },
  {
    name: 'bank_events',
    facts: 't.bank_account_key, t.event_id, t.received_at',
    texts: ['t.body', 't.body_sha256'],
    erased: `t.body = '' AND t.body_sha256 = ''`,
    at: 't.received_at',
  },
  {
    name: 'statements',
    facts: `t.file_id, t.position, t.format, t.statement_id, t.first_day, t.last_day, t.whole_until, t.closing_on,
        t.line_count, t.booked_minor, t.first_booked_day, t.last_booked_day, t.run_id, t.captured_at`,
    texts: ['t.account'],
    erased: 't.account IS NULL',
    at: 't.captured_at',
  },
  {
    name: 'day_proofs',
    facts: `t.bank_account_key, t.day, t.source, t.moment, t.statement_id, t.opening_on, t.opening_minor, t.bank_minor,
        t.ledger_minor, t.difference_minor, t.suspense_minor, t.open_minor, t.open_count, t.taken_at`,
    texts: [],
    erased: null,
    at: 't.taken_at',
  },
  {
    name: 'named_codes',
    facts: 't.code, t.named_by, t.named_at',
    texts: [],
    erased: null,
    at: 't.named_at',
  },
  {
    name: 'review_comments',
    facts: 't.deposit_id, t.key_id, t.person, t.created_at',
    texts: ['t.text'],
    erased: `t.text = ''`,
    at: 't.created_at',
  },
  {
    name: 'payer_revocations',
    facts: 't.wallet_id, t.deposit_id, t.revoked_by, t.revoked_at',
    texts: ['t.reason'],
    erased: `t.reason = ''`,
    at: 't.revoked_at',
  },
];

/** The text of row `t` of a sealed table, as seal_audit() hashes it. */
function factsOf({ facts, texts }: SealedTable): SQL {
  const commitment =
    texts.length === 0
      ? ''
      : `, coalesce(t.commitment, sha256(uuid_send(t.salt) || convert_to(ROW(${texts.join(', ')})::text, 'UTF8')))`;
  return sql.raw(`ROW(t.id, ${facts}${commitment})::text`);
}

/** The batches of a table, from `afterSeq` on, whose rows are not those that were sealed. */
export function changedBatches(table: SealedTable, afterSeq: bigint): SQL {
  return sql`
    SELECT s.seq, ${sql.raw(`'${table.name}'`)} AS "table", s.ids::text AS ids, s.rows AS sealed, coalesce(d.rows, 0) AS found
      FROM (SELECT seq, (contents -> ${sql.raw(`'${table.name}'`)} ->> 'ids')::int8multirange AS ids,
                   (contents -> ${sql.raw(`'${table.name}'`)} ->> 'rows')::bigint AS rows,
                   contents -> ${sql.raw(`'${table.name}'`)} ->> 'sha256' AS sha256
              FROM audit_seals WHERE seq > ${afterSeq.toString()}::bigint AND contents ? ${sql.raw(`'${table.name}'`)}) s
      LEFT JOIN LATERAL (
        SELECT count(*) AS rows, encode(sha256(string_agg(sha256(convert_to(${factsOf(table)}, 'UTF8')), ''::bytea ORDER BY t.id)), 'hex') AS sha256
          FROM ${sql.raw(table.name)} t
         WHERE t.id >= lower(s.ids) AND t.id < upper(s.ids) AND t.id <@ s.ids) d ON true
     WHERE d.sha256 IS DISTINCT FROM s.sha256 OR d.rows IS DISTINCT FROM s.rows`;
}
