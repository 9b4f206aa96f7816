import { readFile } from 'node:fs/promises';
import { eq } from 'drizzle-orm';
import { createFeed } from '../bank/feeds/create-feed.ts';
import type { Feed } from '../bank/feeds/feed.ts';
import type { AddressRule } from '../bank/http/address-rule.ts';
import { FIELD_MAP_PRESETS } from '../bank/feeds/presets/presets.ts';
import { parseFieldMap, type JsonFieldMap } from '../bank/json/field-map.ts';
import type { PolledAccount } from '../activities/dependencies.ts';
import type { Config } from '../config.ts';
import type { Database } from '../db/client.ts';
import { forgetUnusedId } from '../app/account/forget-number.ts';
import { findOtherOwner, refusePaused } from '../app/account/find-account.ts';
import { writeAs } from '../app/write-as.ts';
import { findAccountName, toAccountKey } from '../db/queries/bank-account-names.ts';
import { SYSTEM_ACTOR } from '../db/queries/audit.ts';
import {
  addBankAccount,
  changeBankAccount,
  listBankAccounts,
} from '../db/queries/bank-accounts.ts';
import { bankAccounts } from '../db/schema/bank-accounts.ts';
import { CodedError } from '../domain/errors.ts';
import { ZAR } from '../domain/money/money.ts';
import { hostVariableOf, isSecretName, SECRET_NAME_WORDS } from '../domain/secret-names.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Writes the account that `BANK_*` describes into its row: for that account the environment decides. Identity hangs on
 * the bank's own id: an id that another account of ours has, or had, would read the same lines a second time.
 * @throws CodedError `account.known` · `config.invalid`
 */
export async function upsertConfiguredAccount(database: Database, config: Config): Promise<void> {
  const [spendable = 0n, spendableInHour = 0n] =
    config.BANK_WEBHOOK_SPENDABLE.split(',').map(BigInt);
  const accountKey = await checkConfiguredAccount(database, config);
  const described = {
    bankName: config.BANK_NAME,
    timeZone: config.BANK_TIME_ZONE,
    feed: config.BANK_API_ENABLED ? config.BANK_FEED : null,
    apiUrl: config.BANK_API_URL ?? null,
    bankAccountId: config.BANK_ACCOUNT_ID ?? null,
    apiKeyEnv: 'BANK_API_KEY',
    webhookSecretEnv: 'BANK_WEBHOOK_SECRET',
    pollEnabled: config.BANK_API_ENABLED,
    proofPolicy: config.BANK_PROOF_POLICY,
    provisional: config.BANK_PROVISIONAL,
    balancePolicy: config.BANK_BALANCE_POLICY,
    payerConflict: config.BANK_PAYER_CONFLICT,
    amountLimitMinor: config.BANK_AMOUNT_LIMIT ?? null,
    mode: config.RECONCILE_MODE,
    fieldMap:
      config.BANK_FIELD_MAP === undefined ? null : await loadFieldMap(config.BANK_FIELD_MAP),
    amounts: config.BANK_AMOUNTS,
    repeatedBatch: config.BANK_REPEATED_BATCH,
    unknownFields: config.BANK_UNKNOWN_FIELDS,
    consentEndsOn: config.BANK_CONSENT_ENDS_ON ?? null,
    webhookSignature: config.BANK_WEBHOOK_SIGNATURE,
    webhookSignatureHeader: config.BANK_WEBHOOK_SIGNATURE_HEADER,
    webhookTimestampHeader: config.BANK_WEBHOOK_TIMESTAMP_HEADER ?? null,
    webhookTrust: config.BANK_WEBHOOK_TRUST,
    webhookSpendableMinor: spendable,
    webhookSpendableHourMinor: spendableInHour,
  };
  const by = { actor: SYSTEM_ACTOR, why: 'the BANK_ settings at the start of a worker' };
  await writeAs(database, by, async (tx) => {
    // Another worker that starts at the same time may add it between the two.
    if (await changeBankAccount(tx, accountKey, described)) return;
    if (await addBankAccount(tx, accountKey, { currency: ZAR, ...described })) return;
    await changeBankAccount(tx, accountKey, described);
  });
}

/**
 * The key of the account that `BANK_*` describes, by whichever name it is given.
 * @throws CodedError `account.known` if its id belongs to another account of ours
 */
export async function checkConfiguredAccount(database: Database, config: Config): Promise<string> {
  const { BANK_ACCOUNT_ID: number, BANK_ACCOUNT_KEY: asked } = config;
  const accountKey = await toAccountKey(database, asked);
  if (number === undefined) return accountKey;
  const owner = await findOtherOwner(database, { accountKey, currency: ZAR, number });
  // A key that never had a line, such as one with a typing error, stands in no way.
  if (owner === null || (await forgetUnusedId(database, owner))) return accountKey;
  const known = await findAccountName(database, owner);
  throw new CodedError(
    'account.known',
    `The bank's account ${number} is known here as ${known}, and BANK_ACCOUNT_KEY is ${asked}: ` +
      `set BANK_ACCOUNT_KEY=${known}. To rename the account, then run \`purser bank-account rename ${known} ${asked}\`.`,
  );
}

/** A preset by its name, or a JSON file. @throws CodedError `config.invalid` */
async function loadFieldMap(nameOrFile: string): Promise<JsonFieldMap> {
  const preset = FIELD_MAP_PRESETS.get(nameOrFile);
  if (preset !== undefined) return preset;
  let declared: unknown;
  try {
    declared = JSON.parse(await readFile(nameOrFile, 'utf8'));
  } catch {
    throw new CodedError(
      'config.invalid',
      `BANK_FIELD_MAP is neither ${[...FIELD_MAP_PRESETS.keys()].join(', ')} nor a readable JSON file.`,
    );
  }
  return parseFieldMap(declared);
}

/**
 * The secret that an account names, for its address. A row is writable by more people than the environment is, so the
 * environment may bind a key to a host: then no row sends it elsewhere.
 * @throws CodedError `account.not_found` · `account.setting_refused`
 */
function readApiKey(
  env: Environment,
  account: {
    readonly accountKey: string;
    readonly name: string | null;
    readonly url: string;
  },
): string {
  const { accountKey, name, url } = account;
  if (name !== null && !isSecretName('api_key', name))
    throw new CodedError(
      'account.setting_refused',
      `Bank account ${accountKey} names a variable that is no key of a bank: it must be ${SECRET_NAME_WORDS.api_key}.`,
    );
  const key = env[name ?? ''];
  if (name === null || key === undefined || key === '')
    throw new CodedError(
      'account.not_found',
      `Bank account ${accountKey} has no key: set ${name ?? SECRET_NAME_WORDS.api_key} for the worker.`,
    );
  const host = env[hostVariableOf(name)];
  if (host !== undefined && host !== '' && host !== new URL(url).host)
    throw new CodedError(
      'account.setting_refused',
      `The address of bank account ${accountKey} is another host than ${hostVariableOf(name)}: its key is not sent there.`,
    );
  return key;
}

/** Every account, whether it is polled, and whether a person paused it. */
export async function listAccounts(database: Database): Promise<
  readonly {
    readonly accountKey: string;
    readonly isPolled: boolean;
    readonly isPaused: boolean;
  }[]
> {
  const rows = await listBankAccounts(database);
  return rows.map((row) => ({
    accountKey: row.key,
    isPolled: row.pollEnabled && row.feed !== null && row.pausedAt === null,
    isPaused: row.pausedAt !== null,
  }));
}

/** Makes feeds from rows and the environment's secrets; one feed for each account, since it keeps its access token. */
export function createPolledAccounts(
  database: Database,
  env: Environment,
  addresses: AddressRule,
): (accountKey: string) => Promise<PolledAccount> {
  const feeds = new Map<string, { readonly settings: string; readonly feed: Feed }>();
  return async (accountKey) => {
    const [row] = await database
      .select()
      .from(bankAccounts)
      .where(eq(bankAccounts.key, accountKey));
    if (row === undefined || row.feed === null || row.apiUrl === null || row.bankAccountId === null)
      throw new CodedError(
        'account.not_found',
        `Bank account ${accountKey} has no usable API: check its URL, id and key.`,
      );
    await refusePaused(database, accountKey);
    const key = readApiKey(env, { accountKey, name: row.apiKeyEnv, url: row.apiUrl });
    const settings = {
      kind: row.feed,
      url: row.apiUrl,
      key,
      accountId: row.bankAccountId,
      timeZone: row.timeZone,
      currency: row.currency,
      amounts: row.amounts,
      unknownFields: row.unknownFields,
      ...(row.fieldMap === null ? {} : { fieldMap: parseFieldMap(row.fieldMap) }),
    };
    const fingerprint = JSON.stringify(settings);
    let known = feeds.get(accountKey);
    if (known?.settings !== fingerprint) {
      known = { settings: fingerprint, feed: createFeed(settings, { limits: { addresses } }) };
      feeds.set(accountKey, known);
    }
    return { accountKey, timeZone: row.timeZone, currency: row.currency, feed: known.feed };
  };
}
