import { sql } from 'drizzle-orm';
import type { Check } from './check.ts';

/** Lines that are held and rows that wait, since they may be another line. */
export const LINE_HOLD_CHECKS: readonly Check[] = [
  {
    id: 'I25',
    title: 'Each deposit has the hold of its line, while that stands, and no other.',
    checked: sql`SELECT count(*) AS checked FROM line_holds`,
    broken: sql`
      SELECT coalesce(d.line_id, h.line_id) AS line, d.id AS deposit, d.state, d.hold_reason AS "holdReason", h.reason, h.ended_at AS "endedAt"
        FROM (SELECT h.*, l.amount_minor FROM line_holds h LEFT JOIN lines l ON l.id = h.line_id) h
        FULL JOIN deposits d ON d.line_id = h.line_id
       WHERE (h.line_id IS NOT NULL AND d.id IS NULL AND (h.amount_minor <= 0) IS NOT TRUE)
          OR (d.id IS NOT NULL AND d.hold_reason IS DISTINCT FROM CASE WHEN h.ended_at IS NULL THEN h.reason END)`,
  },
  {
    id: 'I25 credits',
    title:
      'While a line is held, its deposit is credited by a decision only, unless only its proof is missing.',
    checked: sql`SELECT count(*) AS checked FROM line_holds`,
    broken: sql`
      SELECT j.id AS journal, j.deposit_id AS deposit, h.line_id AS line, h.reason
        FROM line_holds h JOIN journals j ON j.line_id = h.line_id AND j.kind = 'credit'
       WHERE h.ended_at IS NULL AND h.reason <> 'proof_absent' AND j.decision_id IS NULL`,
  },
  {
    id: 'I25 rows',
    title:
      'Each row that waits says why, and each row and line that is held names only another line of its own account.',
    checked: sql`SELECT count(*) AS checked FROM sightings WHERE held_reason IS NOT NULL`,
    broken: sql`
      SELECT s.id::text AS seen, s.bank_account_key AS "bankAccount", s.beside_line_id AS beside
        FROM sightings s LEFT JOIN lines b ON b.id = s.beside_line_id
       WHERE (s.line_id IS NULL AND s.held_reason IS NULL)
          OR (s.beside_line_id IS NOT NULL AND b.bank_account_key IS DISTINCT FROM s.bank_account_key)
      UNION ALL
      SELECT 'line ' || h.line_id, l.bank_account_key, h.beside_line_id
        FROM line_holds h LEFT JOIN lines l ON l.id = h.line_id LEFT JOIN lines b ON b.id = h.beside_line_id
       WHERE h.beside_line_id = h.line_id OR l.id IS NULL
          OR (h.beside_line_id IS NOT NULL AND b.bank_account_key IS DISTINCT FROM l.bank_account_key)`,
  },
  {
    id: 'I25 same',
    title:
      'A line that is another one, by a balance, is off the books: its deposit was taken out of suspense and never credited.',
    checked: sql`SELECT count(*) AS checked FROM line_holds`,
    broken: sql`
      SELECT h.line_id AS line, d.id AS deposit, d.state, d.wallet_id AS wallet
        FROM line_holds h LEFT JOIN deposits d ON d.line_id = h.line_id
       WHERE h.ended_as = 'same' AND (d.state = 'reversed' AND d.wallet_id IS NULL AND EXISTS (
               SELECT 1 FROM journals j WHERE j.deposit_id = d.id AND j.kind = 'void' AND j.generation = d.generation)) IS NOT TRUE`,
  },
];
