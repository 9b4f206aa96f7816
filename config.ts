import { z } from 'zod';
import {
  productionAddresses,
  TRIAL_ADDRESSES,
  type AddressRule,
} from './bank/http/address-rule.ts';
import { CodedError } from './domain/errors.ts';
import { FEED_PROTOCOLS } from './domain/line/feed-protocols.ts';
import { BUSINESS_TIME_ZONE, isTimeZone, parseLocalDate } from './domain/local-date.ts';
import { CODE_SERIES_MAX } from './domain/reference/customer-code.ts';
import { CONNECTION_SETTINGS } from './settings/connection-settings.ts';
import { completeConfig, crossFaults } from './settings/cross-faults.ts';
import { flag, port, someText, wholeNumber } from './settings/kinds.ts';
import { misspeltFaults } from './settings/misspelt.ts';
import { OTHER_VARIABLES } from './settings/other-variables.ts';
import { productionFaults, unstatedFaults } from './settings/production-faults.ts';

const minorUnits = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,13})$/, 'is not a whole number of minor units')
  .transform((text) => BigInt(text));
const perMinute = (fallback: number, what: string) =>
  wholeNumber(1, 10_000_000)
    .default(fallback)
    .describe(`${what} in a minute, over all API processes`);
const header = z.string().regex(/^[a-z0-9-]{1,60}$/, 'is not a header name in lower case');
const timeZone = z
  .string()
  .refine((name) => isTimeZone(name), 'is not a time zone name such as Africa/Johannesburg');

/**
 * Every setting, with its default. Secrets have none. A test compares `.env.example` and `docs/settings.md` with it.
 */
export const configSchema = z.object({
  DEPLOYMENT: z
    .enum(['trial', 'production'])
    .default('trial')
    .describe('`production` refuses embedded servers, the simulator and what is not safe'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('least severe message that is logged'),
  ...CONNECTION_SETTINGS,
  API_HOST: z.string().min(1).default('127.0.0.1').describe('address that the API listens on'),
  API_PORT: port.default(8080).describe('port that the API listens on'),
  API_TRUST_PROXY: z
    .string()
    .regex(/^[0-9a-fA-F.:/, ]+$/, 'is not a list of addresses or networks')
    .optional()
    .describe(
      'addresses or networks of your proxies, comma-separated: only their `X-Forwarded-For` is believed',
    ),
  API_ALLOWED_ORIGINS: z
    .string()
    .regex(/^https?:\/\/[^/,\s]+(, ?https?:\/\/[^/,\s]+)*$/, 'is not a list of origins')
    .optional()
    .describe(
      'origins of apps in browsers, such as `https://shop.example`, comma-separated: they may read wallets with a token',
    ),
  API_REQUESTS_PER_MINUTE: perMinute(1_200, 'requests of a key'),
  API_FAILED_AUTH_PER_MINUTE: perMinute(30, 'failed authentications of an address'),
  API_WEBHOOKS_PER_MINUTE: perMinute(60_000, 'webhooks of an address'),
  API_KEY_PEPPER: z
    .string()
    .min(32)
    .optional()
    .describe('secret, at least 32 characters; hashes API keys'),
  WORKER_HEALTH_HOST: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('address that the worker answers `/health/live` and `/health/ready` on'),
  WORKER_HEALTH_PORT: port.optional().describe('port for that; without it the worker has none'),
  PURSER_DATA_DIR: someText.describe('where the embedded servers keep their data'),
  BANK_API_ENABLED: flag.default(false).describe('poll the bank account described by BANK_*'),
  BANK_ACCOUNT_KEY: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/)
    .default('main')
    .describe('our short key for that account'),
  BANK_API_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      '`json`: the transactions URL; `investec`, `stitch`: the host; else everything before `/accounts`',
    ),
  BANK_API_KEY: someText.describe(
    'secret; bearer key; `investec`: clientId:clientSecret:apiKey; `stitch`: clientId:clientSecret; `berlin-group`: [consentId:]token',
  ),
  BANK_ALLOW_LOOPBACK: flag
    .default(false)
    .describe('in production: banks may be reached on this machine, where your gateway runs'),
  BANK_ACCOUNT_ID: someText.describe("the account's id at the bank"),
  BANK_NAME: z.string().min(1).default('bank').describe('name of the bank, for people'),
  BANK_WEBHOOK_SECRET: z
    .string()
    .min(24)
    .optional()
    .describe('secret; signs the webhooks of that account; `standard`: whsec_ and base64'),
  BANK_WEBHOOK_SIGNATURE: z
    .enum(['standard', 'hex'])
    .default('standard')
    .describe('how webhooks are signed: Standard Webhooks (Svix), or HMAC-SHA256 in hex digits'),
  BANK_WEBHOOK_SIGNATURE_HEADER: header
    .default('x-signature')
    .describe('`hex`: header of the signature'),
  BANK_WEBHOOK_TIMESTAMP_HEADER: header
    .optional()
    .describe('`hex`: header of the time, where the bank signs `time.body`'),
  BANK_WEBHOOK_TRUST: z
    .enum(['credit', 'hint'])
    .default('credit')
    .describe(
      '`credit`: a signed line is captured at once; `hint`: a webhook only triggers a read',
    ),
  BANK_WEBHOOK_SPENDABLE: z
    .string()
    .regex(/^[0-9]{1,14}, ?[0-9]{1,14}$/, 'is not two amounts in cents')
    .default('100000,2000000')
    .describe(
      'cents of a deposit, and of an hour, that customers may spend before a read shows it',
    ),
  BANK_FEED: z.enum(FEED_PROTOCOLS).default('json').describe("protocol of the bank's API"),
  BANK_FIELD_MAP: someText.describe(
    "`json`: `standard-bank`, `fnb`, or a JSON file that maps the bank's fields",
  ),
  BANK_AMOUNTS: z
    .enum(['signed', 'unsigned'])
    .default('signed')
    .describe('`berlin-group`: `signed` if outgoing amounts carry a minus'),
  BANK_REPEATED_BATCH: z
    .enum(['hold', 'credit'])
    .default('hold')
    .describe(
      'credits that repeat most of a day within six days before, in five amounts or more: `hold` them for a person, or `credit` them; the third time they are regular',
    ),
  BANK_CONSENT_ENDS_ON: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/, 'is not a day like 2027-03-31')
    .transform(parseLocalDate)
    .optional()
    .describe("last day of the bank's consent or key; alerts from two weeks before"),
  BANK_UNKNOWN_FIELDS: z
    .enum(['record', 'refuse'])
    .default('record')
    .describe(
      'a field that Purser does not know: `record` notes its name and reads on; `refuse` stops the read',
    ),
  BANK_TIME_ZONE: timeZone.default(BUSINESS_TIME_ZONE).describe("time zone of the bank's days"),
  BANK_PROOF_POLICY: z
    .enum(['hold', 'warn'])
    .default('hold')
    .describe(
      '`hold`: a statement that contradicts itself waits for a person; `warn`: it is captured with a warning',
    ),
  BANK_PROVISIONAL: z
    .enum(['pending', 'booked'])
    .default('pending')
    .describe(
      "entries that a file calls provisional (Nedbank): `pending` waits for the bank's next statement, `booked` credits them",
    ),
  BANK_BALANCE_POLICY: z
    .enum(['alert', 'close_gate'])
    .default('alert')
    .describe(
      'the ledger differs from the bank, or a proof failed: alert only, or alert and stop crediting',
    ),
  BANK_PAYER_CONFLICT: z
    .enum(['credit', 'review'])
    .default('credit')
    .describe(
      'the code names another customer than people confirmed for this payer: credit by code, or send to review',
    ),
  BANK_AMOUNT_LIMIT: z
    .string()
    .regex(/^[1-9][0-9]{0,14}$/, 'is not an amount in cents')
    .transform(BigInt)
    .optional()
    .describe('cents; a deposit above this goes to review, whatever its reference says'),
  RECONCILE_MODE: z
    .enum(['live', 'shadow'])
    .default('live')
    .describe('`shadow`: nothing is credited automatically; every match goes to review'),
  STATEMENT_MEGABYTES_MAX: wholeNumber(1, 2048)
    .default(256)
    .describe('largest statement file that the API accepts'),
  POLL_INTERVAL_SECONDS: wholeNumber(10, 3600)
    .default(300)
    .describe('how often each account is read'),
  POLL_OVERLAP_DAYS: wholeNumber(1, 60)
    .default(7)
    .describe('whole days that each poll reads again'),
  BULK_ABOVE: wholeNumber(1, 10_000)
    .default(250)
    .describe('more waiting deposits than this take the backlog lane'),
  AUDIT_ANCHOR_FILE: someText.describe(
    'file that the worker appends each head of the audit chain to',
  ),
  AUDIT_SIGNING_KEY_FILE: someText.describe(
    'file of the Ed25519 private key (PEM) with which the worker signs those heads',
  ),
  AUDIT_PUBLIC_KEY_FILE: someText.describe(
    'file of the public keys (PEM) that `purser verify` checks the signatures with',
  ),
  WORKFLOW_BUNDLE: someText.describe(
    'file of pre-bundled workflows; without it the worker bundles them at its start',
  ),
  WORKER_METRICS_ADDRESS: z
    .string()
    .regex(/^(\[[0-9a-fA-F:.]+\]|[0-9.]+):[0-9]{1,5}$/, 'is not an IP address with a port')
    .optional()
    .describe('IP address and port, one for each worker, at which Prometheus reads `/metrics`'),
  CODE_SERIES: wholeNumber(0, CODE_SERIES_MAX)
    .default(0)
    .describe(
      'series of new customer codes; raise it by one whenever you restore an older database, and never lower it',
    ),
  FOUR_EYES_ABOVE: minorUnits
    .default(500_000n)
    .describe(
      "minor units; above this, in one credit or in a week's credits for one customer, a person needs a second one; `purser migrate` stores it",
    ),
  DECISION_DAILY_LIMIT: minorUnits
    .default(10_000_000n)
    .describe(
      'minor units of credits and returns that one person may decide in a day; a deposit above it takes two people, and counts for neither',
    ),
  APPROVAL_HOURS: wholeNumber(1, 720)
    .default(72)
    .describe('how long a proposal waits for its second person'),
  REVIEW_DAYS: wholeNumber(1, 365)
    .default(20)
    .describe('deadline of a review, in South African business days'),
  ESCALATE_DAYS: wholeNumber(1, 365)
    .default(10)
    .describe('business days after which a review is escalated'),
  REVIEW_FINAL: z
    .enum(['suspense', 'propose_return'])
    .default('suspense')
    .describe('at its deadline a review opens again; `propose_return` also proposes a return'),
});

type Given = Readonly<Record<string, string | undefined>>;

/** The parsed environment, frozen. */
export type Config = Readonly<z.infer<typeof configSchema>>;

/**
 * Parses the environment once, and reports every fault in one message. Empty values count as absent, as `.env` files write them.
 * @param foundBefore faults that were found on the way to this environment, such as an unreadable file of a secret
 * @throws CodedError `config.invalid` naming each faulty variable, never its value.
 */
export function loadConfig(env: Given, foundBefore: readonly string[] = []): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = configSchema.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw invalidConfig([...foundBefore, ...faults, ...misspeltIn(given)]);
  }
  const { config, faults: contradictions } = completeConfig(parsed.data);
  const found = [
    ...foundBefore,
    ...contradictions,
    ...crossFaults(config),
    ...(contradictions.length === 0 ? deploymentFaults(config, given) : []),
  ];
  if (found.length > 0) throw invalidConfig(found);
  return Object.freeze(config);
}

/** Where banks may be, for this configuration. */
export function bankAddresses({ BANK_ALLOW_LOOPBACK, DEPLOYMENT }: Config): AddressRule {
  return DEPLOYMENT === 'production' ? productionAddresses(BANK_ALLOW_LOOPBACK) : TRIAL_ADDRESSES;
}

const KNOWN_NAMES: ReadonlySet<string> = new Set([
  ...Object.keys(configSchema.shape),
  ...OTHER_VARIABLES,
]);

function deploymentFaults(config: Config, given: Given): readonly string[] {
  if (config.DEPLOYMENT === 'production') return productionFaults(config, given, KNOWN_NAMES);
  return given['DEPLOYMENT'] === undefined ? unstatedFaults(config) : [];
}

function misspeltIn(given: Given): readonly string[] {
  return given['DEPLOYMENT'] === 'production'
    ? misspeltFaults(Object.keys(given), KNOWN_NAMES)
    : [];
}

function invalidConfig(faults: readonly string[]): CodedError {
  const count = faults.length === 1 ? 'a fault' : `${faults.length} faults`;
  const list = faults.map((fault) => `  ${fault}`).join('\n');
  return new CodedError('config.invalid', `The configuration has ${count}:\n${list}`);
}
