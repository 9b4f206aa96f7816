import { sql } from 'drizzle-orm';
import type { Check } from './check.ts';

/** The form of journals: balanced, closed, and explained to the cent by the rate of the day. */
export const JOURNAL_CHECKS: readonly Check[] = [
  {
    id: 'I5',
    since: 'deposits',
    title: 'The postings of each journal sum to zero in each unit.',
    checked: sql`SELECT count(*) AS checked FROM postings`,
    broken: sql`
      SELECT journal_id AS journal, unit, sum(amount) AS total
        FROM postings GROUP BY journal_id, unit HAVING sum(amount) <> 0`,
  },
  {
    id: 'I5 legs',
    since: 'deposits',
    title: 'Each journal has at least two postings, and each posting has its journal.',
    checked: sql`SELECT count(*) AS checked FROM journals`,
    broken: sql`
      SELECT coalesce(j.id, p.journal_id) AS journal, coalesce(p.legs, 0) AS legs, j.id IS NOT NULL AS "journalExists"
        FROM journals j FULL JOIN (SELECT journal_id, count(*) AS legs FROM postings GROUP BY journal_id) p
          ON p.journal_id = j.id
       WHERE (p.legs >= 2 AND j.id IS NOT NULL) IS NOT TRUE`,
  },
  {
    id: 'I6',
    since: 'deposits',
    title: 'Each posting was written together with its journal, and not changed since.',
    checked: sql`SELECT count(*) AS checked FROM postings`,
    // The system column xmin names the transaction that wrote the present version of a row. A logical restore rewrites
    // all rows of a table: then one xmin covers journals of several transactions, and those journals are left out.
    broken: sql`
      SELECT p.journal_id AS journal, p.leg, j.xmin::text AS "journalWrittenBy", p.xmin::text AS "postingWrittenBy"
        FROM postings p JOIN journals j ON j.id = p.journal_id
       WHERE p.xmin <> j.xmin
         AND j.xmin NOT IN (SELECT xmin FROM journals GROUP BY xmin HAVING min(xid::text) <> max(xid::text))`,
  },
  {
    id: 'conversion',
    since: 'wallets',
    title:
      'Each credit is the debt that it repaid, its credits at the rate of the line’s day, and the change of the remainder.',
    checked: sql`SELECT count(*) AS checked FROM journals WHERE kind = 'credit'`,
    broken: sql`
      SELECT j.id AS journal, j.deposit_id AS deposit, p.amount, p.owed, p.credits, r.minor_per_credit AS rate,
             j.before AS "remainderBefore", j.remainder_after AS "remainderAfter"
        FROM (SELECT *, coalesce(lag(remainder_after) OVER (PARTITION BY wallet_id ORDER BY wallet_seq), 0) AS before
                FROM journals WHERE wallet_id IS NOT NULL) j
        LEFT JOIN deposits d ON d.id = j.deposit_id
        LEFT JOIN rates r ON r.version = j.rate_version
        LEFT JOIN (
          SELECT journal_id, coalesce(-sum(amount) FILTER (WHERE account = 'wallet_credits'), 0) AS credits,
                 coalesce(sum(amount) FILTER (WHERE account = 'credits_issued'), 0) AS issued,
                 coalesce(sum(amount) FILTER (WHERE account = 'suspense'), 0) AS amount,
                 coalesce(-sum(amount) FILTER (WHERE account = 'wallet_receivable'), 0) AS owed,
                 coalesce(-sum(amount) FILTER (WHERE account = 'wallet_prepaid'), 0) AS prepaid,
                 coalesce(-sum(amount) FILTER (WHERE account = 'wallet_remainder'), 0) AS remainder
            FROM postings GROUP BY journal_id) p ON p.journal_id = j.id
       WHERE j.kind = 'credit'
         AND (p.amount = p.owed + p.credits * r.minor_per_credit + (j.remainder_after - j.before)
              AND p.owed >= 0
              AND p.prepaid = p.credits * r.minor_per_credit
              AND p.issued = p.credits
              AND p.remainder = j.remainder_after - j.before
              AND (j.remainder_after BETWEEN 0 AND r.minor_per_credit - 1 OR p.owed = p.amount)
              AND r.effective_from = (SELECT max(effective_from) FROM rates WHERE effective_from <= d.booking_date)) IS NOT TRUE`,
  },
  {
    id: 'spends',
    title: 'Each spend has one journal, for its credits at the cost that it states.',
    checked: sql`SELECT count(*) AS checked FROM spends`,
    broken: sql`
      SELECT coalesce(s.id, j.spend_id) AS spend, j.id AS journal, s.credits, p.credits AS "postedCredits",
             s.revenue_minor AS revenue, p.revenue AS "postedRevenue"
        FROM spends s
        FULL JOIN (SELECT * FROM journals WHERE kind = 'spend' OR spend_id IS NOT NULL) j ON j.spend_id = s.id
        LEFT JOIN (
          SELECT journal_id, -sum(amount) FILTER (WHERE account = 'credits_spent') AS credits,
                 coalesce(-sum(amount) FILTER (WHERE account = 'revenue'), 0) AS revenue,
                 count(*) FILTER (WHERE account NOT IN ('credits_spent', 'revenue', 'wallet_credits', 'wallet_prepaid')) AS strangers
            FROM postings GROUP BY journal_id) p ON p.journal_id = j.id
       WHERE (j.kind = 'spend' AND j.wallet_id = s.wallet_id AND p.credits = s.credits AND p.revenue = s.revenue_minor
              AND p.strangers = 0 AND j.event_on = s.spent_on) IS NOT TRUE`,
  },
  {
    id: 'reversals',
    title:
      'Each line that took a deposit back, or paid its return, is paired with that deposit, to the cent.',
    checked: sql`SELECT count(*) AS checked FROM reversals WHERE deposit_id IS NOT NULL`,
    broken: sql`
      SELECT coalesce(r.line_id, j.line_id) AS line, r.state, coalesce(r.deposit_id, j.deposit_id) AS deposit,
             -l.amount_minor AS taken, j.moved, r.charges_minor AS charges
        FROM (SELECT * FROM reversals WHERE deposit_id IS NOT NULL) r
        FULL JOIN (
          SELECT o.line_id, o.deposit_id, min(o.kind) AS kind, max(o.kind) AS last_kind,
                 -sum(p.amount) FILTER (WHERE p.account = 'bank_other') AS moved
            FROM journals o JOIN postings p ON p.journal_id = o.id
           WHERE o.kind IN ('reversal', 'return_paid') GROUP BY o.line_id, o.deposit_id) j
          ON j.line_id = r.line_id AND j.deposit_id = r.deposit_id
        LEFT JOIN lines l ON l.id = r.line_id
       WHERE (r.state = CASE j.kind WHEN 'reversal' THEN 'paired' ELSE 'return_paid' END AND j.kind = j.last_kind
              AND -l.amount_minor = j.moved + r.charges_minor AND l.bank_account_key = r.bank_account_key) IS NOT TRUE`,
  },
];
