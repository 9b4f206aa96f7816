import { sql } from 'drizzle-orm';
import type { Transaction } from '../client.ts';

/** What came before it counts no more for this payer and wallet; false where there is no such deposit. */
export async function revokePayer(
  tx: Transaction,
  revocation: {
    readonly walletId: string;
    readonly depositId: string;
    readonly by: string;
    readonly reason: string;
  },
): Promise<boolean> {
  const rows = await tx.execute(sql`
    insert into payer_revocations (wallet_id, deposit_id, revoked_by, reason)
    select ${revocation.walletId}, d.id, ${revocation.by}, ${revocation.reason} from deposits d where d.id = ${revocation.depositId}
    returning id`);
  return rows.length === 1;
}
