import { sql } from 'drizzle-orm';
import type { Check } from './check.ts';

/** Stored balances, compared with the sums of their postings. */
export const WALLET_CHECKS: readonly Check[] = [
  {
    id: 'I7',
    since: 'wallets',
    title: 'Each wallet’s balances are the sums of its postings.',
    checked: sql`SELECT count(*) AS checked FROM wallets`,
    broken: sql`
      SELECT coalesce(w.id, p.wallet_id) AS wallet, w.credits, p.credits AS "postedCredits",
             w.prepaid_minor AS prepaid, p.prepaid AS "postedPrepaid",
             w.remainder_minor AS remainder, p.remainder AS "postedRemainder"
        FROM wallets w
        FULL JOIN (
          SELECT wallet_id, -sum(amount) FILTER (WHERE account = 'wallet_credits') AS credits,
                 -sum(amount) FILTER (WHERE account = 'wallet_prepaid') AS prepaid,
                 -sum(amount) FILTER (WHERE account = 'wallet_remainder') AS remainder,
                 sum(amount) FILTER (WHERE account = 'wallet_receivable') AS receivable
            FROM postings WHERE wallet_id IS NOT NULL GROUP BY wallet_id) p ON p.wallet_id = w.id
       WHERE (w.credits = coalesce(p.credits, 0) AND w.prepaid_minor = coalesce(p.prepaid, 0)
              AND w.remainder_minor = coalesce(p.remainder, 0)
              AND w.receivable_minor = coalesce(p.receivable, 0)) IS NOT TRUE`,
  },
  {
    id: 'I7 chain',
    since: 'wallets',
    title: 'Each journal of a wallet states the balances that its postings leave.',
    checked: sql`SELECT count(*) AS checked FROM journals WHERE wallet_id IS NOT NULL`,
    broken: sql`
      SELECT c.id AS journal, c.wallet_id AS wallet, c.wallet_seq AS seq, c.credits_after AS "creditsAfter",
             c.credits AS "postedCredits", c.prepaid_after AS "prepaidAfter", c.prepaid AS "postedPrepaid",
             c.remainder_after AS "remainderAfter", c.remainder AS "postedRemainder",
             c.receivable_after AS "receivableAfter", c.receivable AS "postedReceivable"
        FROM (
          SELECT j.*, sum(coalesce(p.credits, 0)) OVER so_far AS credits,
                 sum(coalesce(p.prepaid, 0)) OVER so_far AS prepaid,
                 sum(coalesce(p.remainder, 0)) OVER so_far AS remainder,
                 sum(coalesce(p.receivable, 0)) OVER so_far AS receivable, p.stranger
            FROM journals j
            LEFT JOIN (
              SELECT q.journal_id, -sum(q.amount) FILTER (WHERE q.account = 'wallet_credits') AS credits,
                     -sum(q.amount) FILTER (WHERE q.account = 'wallet_prepaid') AS prepaid,
                     -sum(q.amount) FILTER (WHERE q.account = 'wallet_remainder') AS remainder,
                     sum(q.amount) FILTER (WHERE q.account = 'wallet_receivable') AS receivable,
                     count(DISTINCT q.wallet_id) > 1 OR min(q.wallet_id) IS DISTINCT FROM min(o.wallet_id) AS stranger
                FROM postings q JOIN journals o ON o.id = q.journal_id
               WHERE q.wallet_id IS NOT NULL GROUP BY q.journal_id) p ON p.journal_id = j.id
           WHERE j.wallet_id IS NOT NULL OR p.stranger
          WINDOW so_far AS (PARTITION BY j.wallet_id ORDER BY j.wallet_seq)) c
       WHERE (c.credits_after = c.credits AND c.prepaid_after = c.prepaid AND c.remainder_after = c.remainder
              AND c.receivable_after = c.receivable AND NOT coalesce(c.stranger, false)) IS NOT TRUE`,
  },
  {
    id: 'I7 sequence',
    since: 'wallets',
    title: 'The journals of each wallet are numbered 1 to its last sequence, without a gap.',
    checked: sql`SELECT count(*) AS checked FROM wallets`,
    broken: sql`
      SELECT w.id AS wallet, w.last_seq AS "lastSeq", j.journals, j.first_seq AS "firstJournal", j.last_seq AS "lastJournal"
        FROM wallets w
        LEFT JOIN (SELECT wallet_id, count(*) AS journals, count(DISTINCT wallet_seq) AS seqs, min(wallet_seq) AS first_seq,
                          max(wallet_seq) AS last_seq
                     FROM journals WHERE wallet_id IS NOT NULL GROUP BY wallet_id) j ON j.wallet_id = w.id
       WHERE CASE WHEN j.wallet_id IS NULL THEN w.last_seq <> 0
                  ELSE (j.first_seq = 1 AND j.last_seq = w.last_seq AND j.journals = w.last_seq
                        AND j.seqs = w.last_seq) IS NOT TRUE END`,
  },
  {
    id: 'I8',
    since: 'wallets',
    title: 'No wallet was ever below zero.',
    checked: sql`SELECT (SELECT count(*) FROM wallets) + (SELECT count(*) FROM journals WHERE wallet_id IS NOT NULL) AS checked`,
    broken: sql`
      SELECT id AS wallet, NULL::bigint AS seq, credits, prepaid_minor AS prepaid, remainder_minor AS remainder
        FROM wallets WHERE least(credits, prepaid_minor, remainder_minor, receivable_minor) < 0
      UNION ALL
      SELECT wallet_id, wallet_seq, credits_after, prepaid_after, remainder_after
        FROM journals WHERE least(credits_after, prepaid_after, remainder_after, receivable_after) < 0`,
  },
  {
    id: 'I1 codes',
    title: 'Each customer code belongs to one wallet.',
    checked: sql`SELECT count(*) AS checked FROM wallets`,
    broken: sql`
      SELECT min(id) AS wallet, count(*) AS wallets FROM wallets GROUP BY code
      HAVING count(*) > 1 OR bool_or(code !~ '^CUS[0-9]{8}$')`,
  },
  {
    id: 'I1 named',
    title: 'Nothing from a bank had named a generated code before its wallet was opened.',
    checked: sql`SELECT count(*) AS checked FROM wallets WHERE code_kind = 'checked'`,
    broken: sql`
      SELECT w.id AS wallet, k.named_by AS "namedBy", k.named_at AS "namedAt", w.created_at AS opened
        FROM wallets w JOIN named_codes k ON k.code = w.code AND k.named_at < w.created_at
       WHERE w.code_kind = 'checked'`,
  },
];
