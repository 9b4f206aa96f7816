import { sql } from 'drizzle-orm';
import type { Check } from './check.ts';

const IS_STANDING = sql`j.kind = 'credit' AND NOT EXISTS (
  SELECT 1 FROM journals u WHERE u.reverses_id = j.id AND u.kind IN ('reversal', 'correction', 'void'))`;

/** Credits that wait for the bank, recomputed from lines, sightings, cases and spends. */
export const HOLD_CHECKS: readonly Check[] = [
  {
    id: 'I24',
    title: 'Each spend left in its wallet what the wallet had to keep for the bank.',
    checked: sql`SELECT count(*) AS checked FROM journals WHERE kind = 'spend'`,
    broken: sql`
      SELECT s.id AS journal, s.wallet_id AS wallet, s.wallet_seq AS seq, s.prepaid_after + s.remainder_after AS kept, sum(h.held) AS held
        FROM journals s
        JOIN LATERAL (
          SELECT max(c.held_minor) AS held FROM credit_holds c
           WHERE c.wallet_id = s.wallet_id AND c.from_seq < s.wallet_seq AND (c.until_seq IS NULL OR c.until_seq >= s.wallet_seq)
           GROUP BY c.journal_id) h ON true
       WHERE s.kind = 'spend'
       GROUP BY s.id HAVING s.prepaid_after + s.remainder_after < sum(h.held)`,
  },
  {
    id: 'I24 holds',
    title:
      'Each credit whose line only a webhook has shown, or is the subject of an open case, is held, and no undone one is.',
    checked: sql`SELECT count(*) AS checked FROM journals WHERE kind = 'credit'`,
    broken: sql`
      SELECT j.id AS journal, j.wallet_id AS wallet, 'unconfirmed' AS reason
        FROM journals j JOIN lines l ON l.id = j.line_id
       WHERE ${IS_STANDING} AND l.source = 'webhook'
         AND NOT EXISTS (SELECT 1 FROM sightings s WHERE s.line_id = l.id AND s.feed <> 'webhook' AND s.evidence IS DISTINCT FROM 'count')
         AND NOT EXISTS (SELECT 1 FROM credit_holds h WHERE h.journal_id = j.id AND h.reason = 'unconfirmed' AND h.closed_at IS NULL)
         AND NOT EXISTS (SELECT 1 FROM credit_holds h WHERE h.line_id = j.line_id AND h.outcome = 'decided')
      UNION ALL
      SELECT j.id, j.wallet_id, 'vanished'
        FROM line_cases c JOIN journals j ON j.line_id = c.line_id
       WHERE c.kind = 'line_vanished' AND c.closed_at IS NULL AND ${IS_STANDING}
         AND NOT EXISTS (SELECT 1 FROM credit_holds h WHERE h.journal_id = j.id AND h.reason = 'vanished' AND h.closed_at IS NULL)
      UNION ALL
      SELECT h.journal_id, h.wallet_id, h.reason
        FROM credit_holds h LEFT JOIN journals j ON j.id = h.journal_id
       WHERE h.closed_at IS NULL
         AND (${IS_STANDING} AND j.wallet_id = h.wallet_id AND j.line_id = h.line_id
              AND (h.reason = 'unconfirmed' OR EXISTS (
                SELECT 1 FROM line_cases c WHERE c.line_id = h.line_id AND c.kind = 'line_vanished' AND c.closed_at IS NULL))) IS NOT TRUE`,
  },
];
