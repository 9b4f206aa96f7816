import { z } from 'zod';
import { buildSimulator, type Simulator } from '../../../simulator/build-simulator.ts';
import type { SimulatorSettings } from '../../../simulator/settings.ts';

export const API_KEY = 'client-1:secret-1:key-1';
const ADMIN_KEY = 'admin-1';
export const ACCOUNT_ID = '172878438321553632224';
export const WEBHOOK_SECRET = `whsec_${Buffer.from('a secret for tests only').toString('base64')}`;
export const CODES = ['CUS12345671', 'CUS00001234'] as const;

const SETTINGS: SimulatorSettings = {
  port: 0,
  seed: 'seed-1',
  apiKey: API_KEY,
  adminKey: ADMIN_KEY,
  accountId: ACCOUNT_ID,
  timeZone: 'Africa/Johannesburg',
  webhookUrl: null,
  webhookSecret: WEBHOOK_SECRET,
  pageSize: 500,
  stateFile: null,
  // Half past midnight in Johannesburg, still the day before in UTC.
  now: () => new Date('2026-11-20T22:30:00Z'),
};

export interface BankClient {
  readonly simulator: Simulator;
  readonly url: string;
  /** GET of the json protocol for the week up to 21 November 2026. */
  readonly transactions: (more?: string) => Promise<Response>;
  readonly admin: (path: string, body?: unknown) => Promise<unknown>;
  readonly adminResponse: (path: string, body?: unknown, key?: string) => Promise<Response>;
}

const jsonPage = z.object({
  transactions: z.array(z.looseObject({ id: z.string(), balance: z.string().optional() })),
  page: z.number(),
  pages: z.number(),
});

export async function readJsonPage(answer: Promise<Response>): Promise<z.infer<typeof jsonPage>> {
  return jsonPage.parse(await (await answer).json());
}

/** A bank that listens for real; the caller closes it. */
export async function startBank(changes: Partial<SimulatorSettings> = {}): Promise<BankClient> {
  const simulator = buildSimulator({ ...SETTINGS, ...changes });
  const url = await simulator.listen();
  const adminResponse = (path: string, body?: unknown, key: string = ADMIN_KEY) =>
    fetch(`${url}/admin/${path}`, {
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
  return {
    simulator,
    url,
    transactions: (more = '') =>
      fetch(
        `${url}/transactions?accountId=${ACCOUNT_ID}&from=2026-11-15&to=2026-11-21&page=1${more}`,
        { headers: { authorization: `Bearer ${API_KEY}` } },
      ),
    adminResponse,
    admin: async (path, body) => {
      const response = await adminResponse(path, body);
      if (!response.ok) throw new Error(`${path} answered ${response.status}`);
      return response.json();
    },
  };
}
