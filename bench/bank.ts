import { z } from 'zod';

/** The simulator bank's admin endpoint. */
export type Bank = (path: string, body?: unknown) => Promise<unknown>;

const tally = z.object({ count: z.number(), minor: z.string() });
const truthSchema = z.object({ credited: tally, byCode: z.record(z.string(), tally) });
const addedSchema = z.object({ ids: z.array(z.string()) });

/** The expected credits so far, in total and per customer; minor units as digits. */
export async function truthOf(bank: Bank): Promise<z.infer<typeof truthSchema>> {
  return truthSchema.parse(await bank('truth'));
}

/** Books deposits that each name one customer, over the last three days. */
export async function bookDeposits(
  bank: Bank,
  codes: readonly string[],
  count: number,
): Promise<void> {
  await bank('generate', { codes, count, days: 3, mix: 'clean' });
}

/** Books one deposit and sends its webhook once. */
export async function bookAndAnnounce(
  bank: Bank,
  deposit: { readonly code: string; readonly amountMinor: bigint },
): Promise<void> {
  const added = await bank('lines', [
    {
      reference: deposit.code,
      description: 'BENCHMARK WEBHOOK',
      amountMinor: deposit.amountMinor.toString(),
      expect: { outcome: 'credited', code: deposit.code },
    },
  ]);
  await bank('webhooks/send', { ids: addedSchema.parse(added).ids });
}
