import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { createSimulatorAdmin } from './simulator-process.ts';
import type { Stack } from './stack.ts';

const walletSchema = z.object({ id: z.string(), code: z.string() });
const tallySchema = z.object({ count: z.number(), minor: z.string() });
const truthSchema = z.object({
  credited: tallySchema,
  inReview: tallySchema,
  debits: tallySchema,
  byCode: z.record(z.string(), tallySchema),
});

/** The expected outcome of the simulated bank's lines; minor units as digits. */
export type Truth = z.infer<typeof truthSchema>;
export type TrialWallet = z.infer<typeof walletSchema>;

/** A trial's customers and its simulated bank, used over HTTP as by any client. */
export function createBankOfTrial(
  stack: Pick<Stack, 'simulator' | 'secrets' | 'apiUrl'>,
  apiKey: string,
) {
  if (stack.simulator === null) throw new Error('This stack reads a real bank.');
  const admin = createSimulatorAdmin(stack.simulator.url, stack.secrets.simulatorAdminKey);
  const wallets: TrialWallet[] = [];
  return {
    admin,
    /** Opens wallets through the API and remembers their codes. */
    openWallets: async (count: number): Promise<readonly TrialWallet[]> => {
      for (let made = 0; made < count; made += 1)
        wallets.push(await openWallet(stack.apiUrl, apiKey));
      return wallets;
    },
    /** Makes a simple set of deposits for the wallets opened here; nothing without wallets. */
    makeDemoLines: async (): Promise<void> => {
      if (wallets.length > 0)
        await admin('generate', {
          codes: wallets.map(({ code }) => code),
          count: 10,
          days: 3,
          mix: 'demo',
        });
    },
    truth: async (): Promise<Truth> => truthSchema.parse(await admin('truth')),
  };
}

async function openWallet(apiUrl: string, apiKey: string): Promise<TrialWallet> {
  const response = await fetch(`${apiUrl}/v1/wallets`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: '{}',
  });
  if (response.status !== 201)
    throw new Error(
      `The API answered ${response.status} to a new wallet: ${await response.text()}`,
    );
  return walletSchema.parse(await response.json());
}
