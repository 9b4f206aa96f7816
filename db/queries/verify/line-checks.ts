import { sql } from 'drizzle-orm';
import type { Check } from './check.ts';

/** Captured data: lines, their origin journals and their deposits. */
export const LINE_CHECKS: readonly Check[] = [
  {
    id: 'I1',
    title: 'Each line is captured once, and equal lines are numbered 1 to n.',
    checked: sql`SELECT count(*) AS checked FROM lines`,
    broken: sql`
      SELECT min(id) AS line, bank_account_key AS "bankAccount", count(*) AS lines, max(occurrence) AS "lastOccurrence"
        FROM lines GROUP BY bank_account_key, key_scheme, facts_key
      HAVING count(*) <> count(DISTINCT occurrence) OR min(occurrence) <> 1 OR max(occurrence) <> count(*)
          OR min(booking_date) <> max(booking_date) OR min(amount_minor) <> max(amount_minor)
          OR min(currency) <> max(currency)`,
  },
  {
    id: 'I1 keys',
    title: 'Each transaction key names one line of its bank account.',
    checked: sql`SELECT count(*) AS checked FROM lines`,
    broken: sql`
      SELECT min(id) AS line, bank_account_key AS "bankAccount", count(*) AS lines
        FROM lines GROUP BY bank_account_key, transaction_key HAVING count(*) > 1`,
  },
  {
    id: 'I3',
    since: 'deposits',
    title: 'Each line that moves money has exactly one origin journal; a notice has none.',
    checked: sql`SELECT count(*) AS checked FROM lines`,
    broken: sql`
      SELECT l.id AS line, l.bank_account_key AS "bankAccount", coalesce(o.journals, 0) AS journals
        FROM lines l
        LEFT JOIN (SELECT line_id, count(*) AS journals FROM journals WHERE kind = 'capture' GROUP BY line_id) o
          ON o.line_id = l.id
       WHERE coalesce(o.journals, 0) <> CASE WHEN l.amount_minor = 0 THEN 0 ELSE 1 END`,
  },
  {
    id: 'I3 amounts',
    since: 'deposits',
    title:
      'Each origin journal moves its line’s amount: a credit into suspense, a debit out of bank other.',
    checked: sql`SELECT count(*) AS checked FROM journals WHERE kind = 'capture'`,
    broken: sql`
      SELECT j.id AS journal, j.line_id AS line, p.legs, p.bank, p.suspense, p.other
        FROM journals j
        LEFT JOIN lines l ON l.id = j.line_id
        LEFT JOIN (
          SELECT journal_id, count(*) AS legs,
                 sum(amount) FILTER (WHERE account = 'bank') AS bank,
                 sum(amount) FILTER (WHERE account = 'suspense') AS suspense,
                 sum(amount) FILTER (WHERE account = 'bank_other') AS other,
                 min(bank_account_key) AS account_from, max(bank_account_key) AS account_to,
                 min(unit) AS unit_from, max(unit) AS unit_to
            FROM postings GROUP BY journal_id) p ON p.journal_id = j.id
       WHERE j.kind = 'capture'
         AND (p.legs = 2 AND p.bank = l.amount_minor
              AND CASE WHEN l.amount_minor > 0 THEN p.suspense ELSE p.other END = -l.amount_minor
              AND j.bank_account_key = l.bank_account_key
              AND p.account_from = l.bank_account_key AND p.account_to = l.bank_account_key
              AND p.unit_from = l.currency AND p.unit_to = l.currency
              AND j.event_on = l.booking_date) IS NOT TRUE`,
  },
  {
    id: 'I3 deposits',
    since: 'deposits',
    title: 'Each credit line is one deposit with the same facts, and nothing else is.',
    checked: sql`SELECT count(*) AS checked FROM lines WHERE amount_minor > 0`,
    broken: sql`
      SELECT l.id AS line, d.id AS deposit, d.deposits
        FROM (SELECT * FROM lines WHERE amount_minor > 0) l
        FULL JOIN (SELECT *, count(*) OVER (PARTITION BY line_id) AS deposits FROM deposits) d ON d.line_id = l.id
       WHERE (d.deposits = 1 AND d.amount_minor = l.amount_minor AND d.currency = l.currency
              AND d.bank_account_key = l.bank_account_key AND d.transaction_key = l.transaction_key
              AND d.booking_date = l.booking_date) IS NOT TRUE`,
  },
  {
    id: 'I3 sightings',
    title:
      'Each sighting is of a line of its bank account, or held, and each run that saw a line is known.',
    checked: sql`SELECT count(*) AS checked FROM sightings`,
    broken: sql`
      SELECT s.id::text AS seen, s.line_id AS line, s.bank_account_key AS "bankAccount", s.run_id AS run
        FROM sightings s
        LEFT JOIN lines l ON l.id = s.line_id
        LEFT JOIN bank_accounts b ON b.key = s.bank_account_key
        LEFT JOIN runs r ON r.id = s.run_id
       WHERE b.key IS NULL OR (s.line_id IS NOT NULL AND s.bank_account_key IS DISTINCT FROM l.bank_account_key)
          OR (s.run_id IS NOT NULL AND r.id IS NULL)
      UNION ALL
      SELECT d.id, d.line_id, d.bank_account_key, d.run_id
        FROM deposits d LEFT JOIN runs r ON r.id = d.run_id WHERE d.run_id IS NOT NULL AND r.id IS NULL`,
  },
  {
    id: 'I13',
    since: 'deposits',
    title: 'Only booked lines are in the ledger.',
    checked: sql`SELECT count(*) AS checked FROM lines`,
    broken: sql`SELECT id AS line, status FROM lines WHERE status IS DISTINCT FROM 'booked'`,
  },
  {
    id: 'I14',
    since: 'deposits',
    title: 'Every amount is within its range and in a unit that its account can hold.',
    checked: sql`SELECT (SELECT count(*) FROM lines) + (SELECT count(*) FROM deposits) + (SELECT count(*) FROM postings) AS checked`,
    broken: sql`
      SELECT 'line ' || id AS "row", amount_minor AS amount, currency AS unit FROM lines
       WHERE (abs(amount_minor) <= 10000000000000 AND currency ~ '^[A-Z]{3}$') IS NOT TRUE
      UNION ALL
      SELECT 'deposit ' || id, amount_minor, currency FROM deposits
       WHERE (amount_minor BETWEEN 1 AND 10000000000000 AND currency ~ '^[A-Z]{3}$') IS NOT TRUE
      UNION ALL
      SELECT 'posting ' || journal_id || '/' || leg, amount, unit FROM postings
       WHERE (amount <> 0 AND CASE
               WHEN account IN ('bank', 'suspense', 'bank_other', 'return_payable')
                 THEN bank_account_key IS NOT NULL AND wallet_id IS NULL AND unit ~ '^[A-Z]{3}$'
               WHEN account IN ('wallet_prepaid', 'wallet_remainder', 'wallet_receivable')
                 THEN bank_account_key IS NULL AND wallet_id IS NOT NULL AND unit = 'ZAR'
               WHEN account = 'wallet_credits'
                 THEN bank_account_key IS NULL AND wallet_id IS NOT NULL AND unit = 'CREDIT'
               WHEN account = 'revenue'
                 THEN bank_account_key IS NULL AND wallet_id IS NULL AND unit = 'ZAR'
               WHEN account IN ('credits_issued', 'credits_spent')
                 THEN bank_account_key IS NULL AND wallet_id IS NULL AND unit = 'CREDIT'
               ELSE false END) IS NOT TRUE
      UNION ALL
      SELECT 'rate ' || version, minor_per_credit, 'ZAR' FROM rates WHERE (minor_per_credit > 0) IS NOT TRUE`,
  },
];
