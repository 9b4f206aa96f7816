import { sql } from 'drizzle-orm';
import type { Check } from './check.ts';

/** The outcome of each deposit: its state, its terminal move, its review and its notification. */
export const DEPOSIT_CHECKS: readonly Check[] = [
  {
    id: 'I4',
    since: 'deposits',
    title:
      'Each deposit is in the state that its journals say, after at most one terminal move; if its line was removed and came back, all moves before that are undone.',
    checked: sql`SELECT count(*) AS checked FROM deposits`,
    broken: sql`
      SELECT d.id AS deposit, d.state, coalesce(m.origins, 0) AS origins, coalesce(m.standing, 0) AS standing,
             coalesce(m.credits, 0) AS credits, coalesce(m.others, 0) AS others, coalesce(m.reversals, 0) AS reversals
        FROM deposits d
        LEFT JOIN (
          SELECT j.deposit_id, count(*) FILTER (WHERE j.kind = 'capture') AS origins,
                 count(*) FILTER (WHERE j.kind = 'credit') AS credits,
                 count(*) FILTER (WHERE j.kind = 'credit' AND u.kind IS NULL) AS standing,
                 count(*) FILTER (WHERE j.kind = 'credit' AND u.kind = 'correction') AS corrected,
                 count(*) FILTER (WHERE j.kind = 'correction') AS corrections,
                 count(*) FILTER (WHERE j.kind = 'void') AS voids,
                 count(*) FILTER (WHERE j.kind = 'return') AS returns, count(*) FILTER (WHERE j.kind = 'dismiss') AS dismissals,
                 count(*) FILTER (WHERE j.kind IN ('return', 'dismiss')) AS others,
                 count(*) FILTER (WHERE j.kind = 'reversal') AS reversals,
                 count(*) FILTER (WHERE j.kind = 'return_paid') AS paid,
                 (array_agg(j.wallet_id ORDER BY j.generation DESC) FILTER (WHERE j.kind = 'credit' AND j.part = 0))[1] AS wallet
            FROM journals j
            JOIN deposits e ON e.id = j.deposit_id
            LEFT JOIN journals u ON u.reverses_id = j.id
           WHERE j.generation >= e.generation OR j.kind = 'capture'
           GROUP BY j.deposit_id) m ON m.deposit_id = d.id
        LEFT JOIN (
          SELECT j.deposit_id, count(*) FILTER (WHERE j.kind = 'restore') AS restores, max(j.generation) FILTER (WHERE j.kind = 'restore') AS last,
                 count(DISTINCT j.decision_id) FILTER (WHERE j.kind = 'void' AND j.generation < e.generation) AS voids,
                 count(*) FILTER (WHERE j.generation < e.generation AND (j.kind NOT IN ('capture', 'restore', 'credit', 'correction', 'void')
                                                                        OR (j.kind = 'credit' AND u.id IS NULL))) AS unfinished
            FROM journals j
            JOIN deposits e ON e.id = j.deposit_id
            LEFT JOIN journals u ON u.reverses_id = j.id
           WHERE e.generation > 0 OR j.kind = 'restore'
           GROUP BY j.deposit_id) b ON b.deposit_id = d.id
       WHERE (m.origins = 1 AND m.corrected = m.corrections
              AND CASE WHEN b.deposit_id IS NULL THEN d.generation = 0
                       ELSE b.last = d.generation AND b.restores = b.voids AND b.unfinished = 0 END
              AND (d.state = 'reversed' OR m.voids = 0) AND CASE d.state
               WHEN 'captured' THEN m.credits + m.others + m.reversals + m.paid = 0 AND d.settled_at IS NULL
               WHEN 'in_review' THEN m.credits + m.others + m.reversals + m.paid = 0 AND d.settled_at IS NULL
               WHEN 'credited' THEN m.standing >= 1 AND m.others + m.reversals + m.paid = 0 AND m.wallet = d.wallet_id
               WHEN 'returned' THEN m.returns = 1 AND m.others = 1 AND m.credits + m.reversals = 0 AND m.paid <= 1
               WHEN 'dismissed' THEN m.dismissals = 1 AND m.others = 1 AND m.credits + m.reversals + m.paid = 0
               WHEN 'reversed' THEN m.standing = 0 AND m.others + m.paid = 0
                    AND m.reversals + m.voids = greatest(m.credits - m.corrected, 1) AND least(m.reversals, m.voids) = 0 AND m.wallet IS NOT DISTINCT FROM d.wallet_id
               ELSE false END) IS NOT TRUE`,
  },
  {
    id: 'I4 amounts',
    since: 'deposits',
    title:
      'The moves of each deposit with an outcome take exactly its amount out of suspense, each to the account of its kind; those of an open deposit leave it there.',
    checked: sql`SELECT count(*) AS checked FROM journals WHERE kind NOT IN ('capture', 'spend')`,
    broken: sql`
      SELECT j.id AS journal, j.kind, j.deposit_id AS deposit, d.amount_minor AS amount, j.all_suspense AS "outOfSuspense",
             j.suspense, j.payable, j.other
        FROM (SELECT o.*, p.suspense, p.payable, p.other, p.bank, p.strangers, p.units_fit, p.account_from, p.account_to,
                     sum(p.suspense) OVER (PARTITION BY o.deposit_id) AS all_suspense
                FROM journals o
                LEFT JOIN (
                  SELECT q.journal_id, coalesce(sum(q.amount) FILTER (WHERE q.account = 'suspense'), 0) AS suspense,
                         coalesce(sum(q.amount) FILTER (WHERE q.account = 'return_payable'), 0) AS payable,
                         coalesce(sum(q.amount) FILTER (WHERE q.account = 'bank_other'), 0) AS other,
                         coalesce(sum(q.amount) FILTER (WHERE q.account = 'bank'), 0) AS bank,
                         count(*) FILTER (WHERE q.account IN ('revenue', 'credits_spent')) AS strangers,
                         min(q.bank_account_key) AS account_from, max(q.bank_account_key) AS account_to,
                         bool_and(q.unit = 'CREDIT' OR q.unit = 'ZAR' OR q.wallet_id IS NULL) AS units_fit
                    FROM postings q GROUP BY q.journal_id) p ON p.journal_id = o.id
               WHERE o.kind NOT IN ('capture', 'spend')) j
        LEFT JOIN deposits d ON d.id = j.deposit_id
       WHERE (j.all_suspense = CASE WHEN d.state IN ('captured', 'in_review') THEN 0 ELSE d.amount_minor END
              AND (j.bank = 0 OR j.kind IN ('void', 'restore')) AND j.strangers = 0 AND j.units_fit
              AND j.account_from = d.bank_account_key AND j.account_to = d.bank_account_key AND j.bank_account_key = d.bank_account_key
              AND CASE j.kind
                    WHEN 'credit' THEN j.suspense > 0 AND j.payable = 0 AND j.other = 0 AND j.line_id = d.line_id
                         AND (j.event_on = d.booking_date OR j.generation > 0)
                    WHEN 'return' THEN j.suspense = d.amount_minor AND j.payable = -d.amount_minor AND j.other = 0
                         AND j.line_id = d.line_id AND j.event_on = d.booking_date
                    WHEN 'dismiss' THEN j.suspense = d.amount_minor AND j.payable = 0 AND j.other = -d.amount_minor
                         AND j.line_id = d.line_id AND j.event_on = d.booking_date
                    WHEN 'correction' THEN j.suspense < 0 AND j.payable = 0 AND j.other = 0
                    WHEN 'reversal' THEN j.payable = 0 AND j.other < 0 AND j.line_id <> d.line_id
                         AND j.suspense = CASE WHEN j.wallet_id IS NULL THEN d.amount_minor ELSE 0 END
                    WHEN 'void' THEN j.payable = 0 AND j.other = 0 AND j.bank < 0 AND j.line_id = d.line_id AND j.event_on = d.booking_date
                         AND j.suspense = CASE WHEN j.wallet_id IS NULL THEN d.amount_minor ELSE 0 END
                    WHEN 'restore' THEN j.payable = 0 AND j.other = 0 AND j.bank = d.amount_minor AND j.suspense = -d.amount_minor
                         AND j.line_id = d.line_id AND j.event_on = d.booking_date AND j.wallet_id IS NULL
                    WHEN 'return_paid' THEN j.suspense = 0 AND j.payable = d.amount_minor AND j.other = -d.amount_minor
                         AND j.line_id <> d.line_id
                    ELSE false END) IS NOT TRUE`,
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
    since: 'deposits',
    title:
      'Each return, dismissal, correction and removal from the books, and each credit that a person decided, follows a decision on that deposit; without one, only a line that a balance proved to be another leaves the books.',
    checked: sql`SELECT count(*) AS checked FROM journals WHERE decision_id IS NOT NULL OR kind IN ('return', 'dismiss', 'correction', 'void')`,
    broken: sql`
      SELECT j.id AS journal, j.deposit_id AS deposit, j.decision_id AS decision
        FROM journals j LEFT JOIN decisions c ON c.id = j.decision_id
       WHERE (j.decision_id IS NOT NULL OR j.kind IN ('return', 'dismiss', 'correction', 'void'))
         AND NOT (j.kind = 'void' AND j.decision_id IS NULL AND j.wallet_id IS NULL AND EXISTS (
           SELECT 1 FROM line_holds h WHERE h.line_id = j.line_id AND h.ended_as = 'same'))
         AND (c.deposit_id = j.deposit_id
              AND (c.kind = j.kind OR (c.kind = 'correct' AND j.kind IN ('correction', 'credit'))
                   OR (c.kind = 'take_back' AND j.kind = 'void') OR (c.kind = 'pair' AND j.kind = 'reversal' AND j.line_id = c.line_id))) IS NOT TRUE`,
  },
  {
    id: 'I9',
    since: 'deposits',
    title:
      'Each journal is undone at most once, to the cent: only credits, and captures that were not credited.',
    checked: sql`SELECT count(*) AS checked FROM journals WHERE kind IN ('reversal', 'correction', 'void') OR reverses_id IS NOT NULL`,
    broken: sql`
      SELECT j.id AS journal, j.reverses_id AS reverses, j.undoings, j.gave_back AS "gaveBack", o.gave
        FROM (SELECT u.*, count(*) OVER (PARTITION BY reverses_id) AS undoings,
                     (SELECT coalesce(sum(p.amount), 0) FROM postings p
                       WHERE p.journal_id = u.id AND p.wallet_id IS NOT NULL AND p.unit = 'ZAR') AS gave_back
                FROM journals u WHERE u.kind IN ('reversal', 'correction', 'void') OR u.reverses_id IS NOT NULL) j
        LEFT JOIN (SELECT c.*, (SELECT coalesce(sum(p.amount), 0) FROM postings p
                                 WHERE p.journal_id = c.id AND p.wallet_id IS NOT NULL AND p.unit = 'ZAR') AS gave
                     FROM journals c) o ON o.id = j.reverses_id
       WHERE (j.kind IN ('reversal', 'correction', 'void') AND j.undoings = 1
              AND CASE WHEN j.wallet_id IS NULL THEN o.kind IN ('capture', 'restore') ELSE o.kind = 'credit' END
              AND o.deposit_id = j.deposit_id AND o.wallet_id IS NOT DISTINCT FROM j.wallet_id
              AND o.part = j.part AND o.generation = j.generation AND j.gave_back = -o.gave) IS NOT TRUE`,
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
    since: 'deposits',
    title:
      'Each credit, and each reversal of one, has one notification that states its amount and credits.',
    checked: sql`SELECT count(*) AS checked FROM journals WHERE kind IN ('credit', 'reversal', 'correction', 'void') AND wallet_id IS NOT NULL`,
    broken: sql`
      SELECT coalesce(j.deposit_id, n.deposit_id) AS deposit, j.id AS journal, n.id AS notification, n.notifications
        FROM (SELECT c.*, p.issued, p.moved
                FROM journals c
                LEFT JOIN (SELECT q.journal_id, coalesce(sum(q.amount) FILTER (WHERE q.account = 'credits_issued'), 0) AS issued,
                                  sum(q.amount) FILTER (WHERE q.account IN ('suspense', 'bank_other', 'bank')) AS moved
                             FROM postings q GROUP BY q.journal_id) p ON p.journal_id = c.id
               WHERE c.kind IN ('credit', 'reversal', 'correction', 'void') AND c.wallet_id IS NOT NULL) j
        FULL JOIN (SELECT *, count(*) OVER (PARTITION BY journal_id) AS notifications FROM notifications) n ON n.journal_id = j.id
       WHERE (n.notifications = 1 AND n.wallet_id = j.wallet_id AND n.deposit_id = j.deposit_id
              AND n.kind = CASE j.kind WHEN 'credit' THEN 'deposit_credited' WHEN 'correction' THEN 'deposit_corrected' ELSE 'deposit_reversed' END
              AND n.amount_minor = abs(j.moved) AND n.credits = abs(j.issued)) IS NOT TRUE`,
  },
];
