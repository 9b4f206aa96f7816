import { sql } from 'drizzle-orm';
import type { StandingCredit } from '../../domain/ledger/unwind.ts';
import type { Transaction } from '../client.ts';

/**
 * The credits of a deposit that nothing has undone, computed from their postings. The caller has locked the deposit.
 */
export async function listStandingCredits(
  tx: Transaction,
  depositId: string,
): Promise<readonly StandingCredit[]> {
  const rows = await tx.execute<{
    id: string;
    bank_account_key: string;
    wallet_id: string;
    part: number;
    generation: number;
    amount: string;
    credits: string;
    prepaid: string;
    remainder: string;
    settled: string;
    rate_version: number;
    minor_per_credit: string;
  }>(sql`
    select j.id::text, j.bank_account_key, j.wallet_id, j.part, j.generation, j.rate_version, r.minor_per_credit::text,
           coalesce(sum(p.amount) filter (where p.account = 'suspense'), 0)::text as amount,
           coalesce(-sum(p.amount) filter (where p.account = 'wallet_credits'), 0)::text as credits,
           coalesce(-sum(p.amount) filter (where p.account = 'wallet_prepaid'), 0)::text as prepaid,
           coalesce(-sum(p.amount) filter (where p.account = 'wallet_remainder'), 0)::text as remainder,
           coalesce(-sum(p.amount) filter (where p.account = 'wallet_receivable'), 0)::text as settled
      from journals j join postings p on p.journal_id = j.id join rates r on r.version = j.rate_version
     where j.deposit_id = ${depositId} and j.kind = 'credit'
       and not exists (select 1 from journals u where u.reverses_id = j.id and u.kind in ('reversal', 'correction', 'void'))
     group by j.id, r.minor_per_credit order by j.id`);
  return rows.map((row) => ({
    journalId: row.id,
    depositId,
    bankAccountKey: row.bank_account_key,
    walletId: row.wallet_id,
    part: row.part,
    generation: row.generation,
    amountMinor: BigInt(row.amount),
    credits: BigInt(row.credits),
    prepaidMinor: BigInt(row.prepaid),
    remainderChangeMinor: BigInt(row.remainder),
    settledMinor: BigInt(row.settled),
    rateVersion: row.rate_version,
    minorPerCredit: BigInt(row.minor_per_credit),
  }));
}

/** The journal that put a deposit's money in suspense: its capture, or the last return of its line. */
export async function findOriginJournal(tx: Transaction, depositId: string): Promise<string> {
  const rows = await tx.execute<{ id: string }>(sql`
    select coalesce((select r.id from journals r where r.deposit_id = d.id and r.kind = 'restore' order by r.generation desc limit 1), j.id)::text as id
      from deposits d join journals j on j.line_id = d.line_id and j.kind = 'capture' where d.id = ${depositId}`);
  const id = rows[0]?.id;
  if (id === undefined) throw new RangeError('A deposit has a capture.');
  return id;
}
