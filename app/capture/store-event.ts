import { createHash } from 'node:crypto';
import type { Database } from '../../db/client.ts';
import { insertBankEvent } from '../../db/queries/bank-events.ts';
import { CodedError } from '../../domain/errors.ts';

/**
 * Stores a verified webhook event once and notifies the relay, which reads it after the bank has its answer.
 * @throws CodedError `webhook.key_reused` if its ID was used before with another body
 */
export async function storeBankEvent(
  database: Database,
  event: { readonly accountKey: string; readonly eventId: string; readonly body: Uint8Array },
): Promise<'stored' | 'repeated'> {
  const bodySha256 = createHash('sha256').update(event.body).digest('hex');
  const intake = await database.transaction((tx) => insertBankEvent(tx, { ...event, bodySha256 }));
  if (intake !== 'conflict') return intake;
  throw new CodedError(
    'webhook.key_reused',
    'This webhook id was already used with another body: send the event with a new id.',
  );
}
