import { sql } from 'drizzle-orm';
import type { Check } from './check.ts';

/** What became of each deposit: its state, its terminal move, its review and what its customer was told. */
export const DEPOSIT_CHECKS: readonly Check[] = [
  {
    id: 'I4',
    title: 'Each deposit is in the state that its journals say, after at most one terminal move.',
    checked: sql`SELECT count(*) AS checked FROM deposits`,
    broken: sql`
      SELECT d.id AS deposit, d.state, coalesce(m.origins, 0) AS origins, coalesce(m.credits, 0) AS credits,
             coalesce(m.returns, 0) AS returns, coalesce(m.reversals, 0) AS reversals
        FROM deposits d
        LEFT JOIN (
          SELECT deposit_id, count(*) FILTER (WHERE kind = 'capture') AS origins,
                 count(*) FILTER (WHERE kind = 'credit') AS credits,
                 count(*) FILTER (WHERE kind = 'return') AS returns,
                 count(*) FILTER (WHERE kind = 'reversal') AS reversals,
                 min(wallet_id) FILTER (WHERE kind = 'credit') AS wallet
            FROM journals GROUP BY deposit_id) m ON m.deposit_id = d.id
       WHERE (m.origins = 1 AND CASE d.state
               WHEN 'captured' THEN m.credits + m.returns + m.reversals = 0 AND d.settled_at IS NULL
               WHEN 'in_review' THEN m.credits + m.returns + m.reversals = 0 AND d.settled_at IS NULL
               WHEN 'credited' THEN m.credits = 1 AND m.returns + m.reversals = 0 AND m.wallet = d.wallet_id
               WHEN 'returned' THEN m.returns = 1 AND m.credits + m.reversals = 0
               WHEN 'reversed' THEN m.credits = 1 AND m.returns = 0 AND m.reversals = 1 AND m.wallet = d.wallet_id
               ELSE false END) IS NOT TRUE`,
  },
  {
    id: 'I4 amounts',
    title: 'Each terminal move takes exactly its deposit’s amount out of suspense.',
    checked: sql`SELECT count(*) AS checked FROM journals WHERE kind IN ('credit', 'return')`,
    broken: sql`
      SELECT j.id AS journal, j.deposit_id AS deposit, d.amount_minor AS amount, p.suspense, p.payable
        FROM journals j
        LEFT JOIN deposits d ON d.id = j.deposit_id
        LEFT JOIN (
          SELECT q.journal_id, sum(q.amount) FILTER (WHERE q.account = 'suspense') AS suspense,
                 coalesce(sum(q.amount) FILTER (WHERE q.account = 'return_payable'), 0) AS payable,
                 count(*) FILTER (WHERE q.account IN ('bank', 'bank_other')) AS strangers,
                 min(q.bank_account_key) AS account_from, max(q.bank_account_key) AS account_to,
                 bool_and(q.unit = 'CREDIT' OR q.unit = 'ZAR' OR q.wallet_id IS NULL) AS units_fit
            FROM postings q GROUP BY q.journal_id) p ON p.journal_id = j.id
       WHERE j.kind IN ('credit', 'return')
         AND (p.suspense = d.amount_minor AND p.strangers = 0 AND p.units_fit
              AND p.payable = CASE j.kind WHEN 'return' THEN -d.amount_minor ELSE 0 END
              AND p.account_from = d.bank_account_key AND p.account_to = d.bank_account_key
              AND j.bank_account_key = d.bank_account_key AND j.line_id = d.line_id
              AND j.event_on = d.booking_date) IS NOT TRUE`,
  },
  {
    id: 'I4 reviews',
    title: 'A deposit has an open review exactly while it waits for a person.',
    checked: sql`SELECT count(*) AS checked FROM reviews`,
    broken: sql`
      SELECT coalesce(d.id, r.deposit_id) AS deposit, d.state, r.opened_at AS "openedAt", r.closed_at AS "closedAt"
        FROM deposits d FULL JOIN reviews r ON r.deposit_id = d.id
       WHERE (d.state = 'in_review') IS DISTINCT FROM (r.deposit_id IS NOT NULL AND r.closed_at IS NULL)`,
  },
  {
    id: 'I4 decisions',
    title:
      'Each return, and each credit that a person decided, follows a decision on that deposit.',
    checked: sql`SELECT count(*) AS checked FROM journals WHERE decision_id IS NOT NULL OR kind = 'return'`,
    broken: sql`
      SELECT j.id AS journal, j.deposit_id AS deposit, j.decision_id AS decision
        FROM journals j LEFT JOIN decisions c ON c.id = j.decision_id
       WHERE (j.decision_id IS NOT NULL OR j.kind = 'return')
         AND (c.deposit_id = j.deposit_id AND c.kind = j.kind AND c.wallet_id IS NOT DISTINCT FROM j.wallet_id) IS NOT TRUE`,
  },
  {
    id: 'I9',
    title: 'Each journal is reversed at most once, and only a credit is.',
    checked: sql`SELECT count(*) AS checked FROM journals WHERE kind = 'reversal' OR reverses_id IS NOT NULL`,
    broken: sql`
      SELECT j.id AS journal, j.reverses_id AS reverses, j.reversals
        FROM (SELECT *, count(*) OVER (PARTITION BY reverses_id) AS reversals FROM journals
               WHERE kind = 'reversal' OR reverses_id IS NOT NULL) j
        LEFT JOIN journals o ON o.id = j.reverses_id
       WHERE (j.kind = 'reversal' AND j.reversals = 1 AND o.kind = 'credit'
              AND o.deposit_id = j.deposit_id AND o.wallet_id = j.wallet_id) IS NOT TRUE`,
  },
  {
    id: 'I12',
    title: 'Suspense holds exactly the deposits that are open, for each bank account and currency.',
    checked: sql`SELECT count(*) AS checked FROM postings WHERE account = 'suspense'`,
    broken: sql`
      SELECT coalesce(s.bank_account_key, o.bank_account_key) AS "bankAccount", coalesce(s.unit, o.currency) AS unit,
             coalesce(s.held, 0) AS suspense, coalesce(o.open, 0) AS open
        FROM (SELECT bank_account_key, unit, -sum(amount) AS held FROM postings WHERE account = 'suspense'
               GROUP BY bank_account_key, unit) s
        FULL JOIN (SELECT bank_account_key, currency, sum(amount_minor) AS open FROM deposits
                    WHERE state IN ('captured', 'in_review') GROUP BY bank_account_key, currency) o
          ON o.bank_account_key = s.bank_account_key AND o.currency = s.unit
       WHERE coalesce(s.held, 0) <> coalesce(o.open, 0)`,
  },
  {
    id: 'notifications',
    title: 'Each credited deposit has one notification that states its amount and credits.',
    checked: sql`SELECT count(*) AS checked FROM journals WHERE kind = 'credit'`,
    broken: sql`
      SELECT coalesce(j.deposit_id, n.deposit_id) AS deposit, j.id AS journal, n.id AS notification, n.notifications
        FROM (SELECT c.*, (SELECT coalesce(sum(amount), 0) FROM postings p
                            WHERE p.journal_id = c.id AND p.account = 'credits_issued') AS issued
                FROM journals c WHERE c.kind = 'credit') j
        FULL JOIN (SELECT *, count(*) OVER (PARTITION BY deposit_id) AS notifications FROM notifications
                    WHERE kind = 'deposit_credited') n ON n.deposit_id = j.deposit_id
        LEFT JOIN deposits d ON d.id = j.deposit_id
       WHERE (n.notifications = 1 AND n.wallet_id = j.wallet_id AND n.amount_minor = d.amount_minor
              AND n.credits = j.issued) IS NOT TRUE`,
  },
];
