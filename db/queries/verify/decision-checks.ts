import { sql } from 'drizzle-orm';
import type { Check } from './check.ts';

/** The decisions of people: their authors, their approval in the present form, and their effect. */
export const DECISION_CHECKS: readonly Check[] = [
  {
    id: 'I20 people',
    title:
      'Each decision that needs a second person was approved by one who neither proposed it nor gave its bank details, with a key of that person.',
    checked: sql`SELECT count(*) AS checked FROM decisions`,
    broken: sql`
      SELECT c.id AS decision, c.kind, c.state, c.proposed_person AS proposer, c.approved_person AS approver
        FROM decisions c
        LEFT JOIN api_keys p ON p.id = c.proposed_by
        LEFT JOIN api_keys a ON a.id = c.approved_by
       WHERE ((c.kind IN ('credit', 'keep') OR c.needs_approval)
              -- A row that a service's key forged is no fault of the ledger as long as nothing moved by it.
              AND (c.state <> 'executed' OR ((c.proposed_by IS NULL AND c.kind = 'return' OR p.person = c.proposed_person)
                                             AND (c.approved_by IS NULL OR a.person = c.approved_person)))
              AND CASE WHEN c.needs_approval AND c.state IN ('approved', 'executed')
                    THEN c.approved_person <> c.proposed_person AND c.approved_person IS DISTINCT FROM c.payer_person
                         AND c.approved_at IS NOT NULL
                    ELSE true END) IS NOT TRUE`,
  },
  {
    id: 'I20 alone',
    title:
      'What one person decided alone for one wallet within seven days was never above the highest limit that was set.',
    checked: sql`SELECT count(*) AS checked FROM decisions`,
    broken: sql`
      WITH highest AS (
        SELECT greatest((SELECT max(above_minor) FROM approval_limits),
                        (SELECT max(greatest((before ->> 'above_minor')::bigint, (after ->> 'above_minor')::bigint))
                           FROM audit_events WHERE subject_kind = 'approval_limit')) AS above
      ), alone AS (
        SELECT c.id, c.proposed_person, a.wallet_id,
               sum(a.amount_minor) OVER (PARTITION BY c.proposed_person, a.wallet_id ORDER BY c.proposed_at
                 RANGE BETWEEN '6 days 23:59:59' PRECEDING AND CURRENT ROW) AS total
          FROM decisions c JOIN decision_allocations a ON a.decision_id = c.id
         WHERE c.kind = 'credit' AND NOT c.needs_approval AND c.state IN ('approved', 'executed')
      )
      SELECT alone.id AS decision, alone.proposed_person AS person, alone.wallet_id AS wallet, alone.total::text AS total
        FROM alone, highest WHERE (alone.total <= highest.above) IS NOT TRUE`,
  },
  {
    id: 'I20 hash',
    title: 'The proposal of each decision has the hash that the decision and its approval state.',
    checked: sql`SELECT count(*) AS checked FROM decisions WHERE payload_sha256 IS NOT NULL`,
    broken: sql`
      SELECT c.id AS decision, c.kind, c.state, c.payload_sha256 AS stated
        FROM decisions c
        LEFT JOIN (SELECT decision_id, string_agg(E'\n' || wallet_id || ' ' || amount_minor, '' ORDER BY part) AS text
                     FROM decision_allocations GROUP BY decision_id) a ON a.decision_id = c.id
       WHERE (c.payload_sha256 IS NOT NULL OR c.kind <> 'return' OR c.payer IS NOT NULL OR c.state IN ('approved', 'executed'))
         AND (c.payload_sha256 = encode(sha256(convert_to(concat(
                E'purser decision 1\n', c.id, E'\n', c.deposit_id, E'\n', c.kind, E'\n', c.amount_minor, ' ', c.currency, E'\n',
                c.keep_until, E'\n', c.payer ->> 'name', E'\n', c.payer ->> 'bank', E'\n', c.payer ->> 'branch', E'\n',
                c.payer ->> 'account', E'\n', c.reason, E'\n', c.line_id, a.text), 'UTF8')), 'hex')
              AND (c.approved_by IS NULL OR c.approved_sha256 = c.payload_sha256)) IS NOT TRUE`,
  },
  {
    id: 'I20 parts',
    title:
      'The parts of each credit and correction are its deposit to the cent; nothing else has parts.',
    checked: sql`SELECT count(*) AS checked FROM decisions`,
    broken: sql`
      SELECT c.id AS decision, c.kind, d.amount_minor AS deposit, c.amount_minor AS amount, coalesce(a.total, 0) AS parts
        FROM decisions c
        LEFT JOIN deposits d ON d.id = c.deposit_id
        LEFT JOIN (SELECT decision_id, sum(amount_minor) AS total, count(*) AS number, max(part) AS last, min(amount_minor) AS least
                     FROM decision_allocations GROUP BY decision_id) a ON a.decision_id = c.id
       WHERE (c.amount_minor = d.amount_minor AND c.currency = d.currency
              AND CASE WHEN c.kind IN ('credit', 'correct') THEN a.total = c.amount_minor AND a.last = a.number - 1 AND a.least > 0
                       ELSE a.decision_id IS NULL END) IS NOT TRUE`,
  },
  {
    id: 'I20 executed',
    title:
      'Each decision that was carried out moved its money once, to where it says; no other decision moved any.',
    checked: sql`SELECT count(*) AS checked FROM decisions WHERE outcome IS NOT NULL`,
    broken: sql`
      SELECT c.id AS decision, c.kind, c.state, coalesce(j.credits, 0) AS credits, coalesce(j.others, 0) AS others
        FROM decisions c
        LEFT JOIN (
          SELECT o.decision_id, count(*) FILTER (WHERE o.kind = 'credit') AS credits,
                 count(*) FILTER (WHERE o.kind = 'correction') AS corrections,
                 count(*) FILTER (WHERE o.kind IN ('return', 'dismiss')) AS others,
                 count(*) FILTER (WHERE o.kind = 'void') AS voids,
                 count(*) FILTER (WHERE o.kind = 'reversal' AND o.line_id = w.line_id) AS reversals,
                 count(*) FILTER (WHERE o.kind IN ('void', 'reversal')) AS undoings,
                 bool_and(o.deposit_id = w.deposit_id) AS own_deposit,
                 bool_and(o.kind <> 'credit' OR CASE w.kind
                   WHEN 'credit' THEN a.wallet_id = o.wallet_id AND a.amount_minor = p.moved
                   ELSE EXISTS (SELECT 1 FROM decision_allocations t WHERE t.decision_id = w.id AND t.wallet_id = o.wallet_id) END) AS to_its_wallets
            FROM journals o
            JOIN decisions w ON w.id = o.decision_id
            LEFT JOIN decision_allocations a ON a.decision_id = w.id AND a.part = o.part
            LEFT JOIN (SELECT journal_id, sum(amount) AS moved FROM postings WHERE account = 'suspense' GROUP BY journal_id) p
              ON p.journal_id = o.id
           GROUP BY o.decision_id) j ON j.decision_id = c.id
        LEFT JOIN (SELECT decision_id, count(*) AS number FROM decision_allocations GROUP BY decision_id) n ON n.decision_id = c.id
       WHERE (CASE WHEN c.state = 'executed' AND c.kind <> 'keep'
                THEN j.own_deposit AND j.to_its_wallets AND c.applied_at IS NOT NULL AND CASE c.kind
                       WHEN 'credit' THEN c.outcome = 'credited' AND j.credits = n.number AND j.corrections + j.others + j.undoings = 0
                       WHEN 'correct' THEN c.outcome = 'corrected' AND j.credits >= 1 AND j.credits = j.corrections AND j.others + j.undoings = 0
                       WHEN 'take_back' THEN c.outcome = 'taken_back' AND j.voids >= 1 AND j.voids = j.undoings AND j.credits + j.corrections + j.others = 0
                       WHEN 'pair' THEN c.outcome = 'paired' AND j.reversals >= 1 AND j.reversals = j.undoings AND j.credits + j.corrections + j.others = 0
                       ELSE j.others = 1 AND j.credits + j.corrections + j.undoings = 0
                            AND c.outcome = CASE c.kind WHEN 'return' THEN 'returned' ELSE 'dismissed' END END
                ELSE j.decision_id IS NULL AND (c.state IN ('executed', 'refused')) = (c.outcome IS NOT NULL) END) IS NOT TRUE`,
  },
  {
    id: 'cases',
    title:
      'Each deposit that people removed from the books, or paired with a line, closed a case about that line; each that a balance removed is the line beside it; each that was captured again has a line that came back.',
    checked: sql`SELECT count(*) AS checked FROM journals WHERE kind IN ('void', 'restore') OR (kind = 'reversal' AND decision_id IS NOT NULL)`,
    broken: sql`
      SELECT m.line_id AS line, m.ground, m.moves, coalesce(g.number, 0) AS grounds
        FROM (SELECT line_id, CASE kind WHEN 'void' THEN CASE WHEN decision_id IS NULL THEN 'line_same' ELSE 'line_vanished' END WHEN 'restore' THEN 'line_shown' ELSE 'reversal_unpaired' END AS ground,
                     count(DISTINCT CASE kind WHEN 'restore' THEN id::text ELSE coalesce(decision_id, id::text) END) AS moves
                FROM journals WHERE kind IN ('void', 'restore') OR (kind = 'reversal' AND decision_id IS NOT NULL)
               GROUP BY 1, 2) m
        LEFT JOIN (SELECT line_id, kind AS ground, count(*) AS number FROM line_cases WHERE outcome = 'decided' GROUP BY 1, 2
                   UNION ALL
                   SELECT line_id, 'line_same', 1 FROM line_holds WHERE ended_as = 'same'
                   UNION ALL
                   SELECT line_id, 'line_shown', count(*) FROM line_absences WHERE until IS NOT NULL GROUP BY 1) g
          ON g.line_id = m.line_id AND g.ground = m.ground
       WHERE (g.number >= m.moves) IS NOT TRUE`,
  },
];
