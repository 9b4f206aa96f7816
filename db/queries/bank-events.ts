import { sql } from 'drizzle-orm';
import { BANK_EVENTS_CHANNEL } from '../channels.ts';
import type { Transaction } from '../client.ts';

const REPEATS_NOTED_MAX = 100;

/** `repeated`: the same event was stored before; `conflict`: its id was used before with another body. */
export type BankEventIntake = 'stored' | 'repeated' | 'conflict';

/** Stores a webhook event once and notifies the relay when the transaction commits. */
export async function insertBankEvent(
  tx: Transaction,
  event: {
    readonly accountKey: string;
    readonly eventId: string;
    readonly body: Uint8Array;
    readonly bodySha256: string;
  },
): Promise<BankEventIntake> {
  const bytes = Buffer.from(event.body).toString('hex');
  const stored = await tx.execute(sql`
    insert into bank_events (bank_account_key, event_id, body, body_sha256)
    values (${event.accountKey}, ${event.eventId}, decode(${bytes}, 'hex'), ${event.bodySha256})
    on conflict (bank_account_key, event_id) do nothing returning pg_notify(${BANK_EVENTS_CHANNEL}, '')`);
  if (stored.length === 1) return 'stored';
  // Each delivery is recorded, so that a story can list it, up to a limit for a storm of one event.
  const same = await tx.execute(sql`
    update bank_events set repeated_at = case when cardinality(repeated_at) < ${REPEATS_NOTED_MAX} then array_append(repeated_at, now()) else repeated_at end
     where bank_account_key = ${event.accountKey} and event_id = ${event.eventId} and body_sha256 = ${event.bodySha256} returning id`);
  return same.length === 1 ? 'repeated' : 'conflict';
}
