import { existsSync, readFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import type { z } from 'zod';
import type { accountSettings } from '../api/schemas/account-settings.ts';
import { CodedError } from '../domain/errors.ts';

type Setting = keyof typeof accountSettings;

/** What a flag's value clears its setting with. */
const NONE = 'none';

const DESCRIPTIONS: Readonly<Record<Setting, string>> = {
  bankName: 'name of the bank, for people',
  timeZone: 'time zone of the bank’s days, such as Africa/Johannesburg',
  feed: 'protocol of the bank’s API; none: it is not read',
  apiUrl: 'address of the bank’s API',
  bankAccountId: 'id of the account at the bank',
  apiKeyEnv: 'name of the worker’s variable with the key: BANK_<NAME>_API_KEY',
  webhookSecretEnv: 'name of the API’s variable with the secret: BANK_<NAME>_WEBHOOK_SECRET',
  fieldMap: 'feed json: standard-bank, fnb, or a JSON file',
  amounts: 'feed berlin-group: signed or unsigned',
  webhookSignature: 'standard or hex',
  webhookSignatureHeader: 'hex: header of the signature',
  webhookTimestampHeader: 'hex: header of the time',
  webhookTrust: 'credit, or hint: a webhook only triggers a read',
  webhookSpendableMinor: 'cents of a deposit that may be spent before a read shows it',
  webhookSpendableHourMinor: 'the same of all deposits of an hour',
  repeatedBatch: 'hold or credit',
  unknownFields: 'record or refuse',
  consentEndsOn: 'last day of the bank’s consent, such as 2027-03-31',
  mode: 'live or shadow',
  amountLimitMinor: 'cents; a deposit above this goes to review',
  payerConflict: 'credit or review',
  proofPolicy: 'hold or warn',
  provisional: 'pending or booked',
  balancePolicy: 'alert or close_gate',
};

const SETTINGS = Object.keys(DESCRIPTIONS) as readonly Setting[];

const flagOf = (setting: Setting) =>
  `--${setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Gives a command one option for each setting of an account. */
export function addSettingOptions(command: Command): Command {
  for (const setting of SETTINGS)
    command.addOption(new Option(`${flagOf(setting)} <value>`, DESCRIPTIONS[setting]));
  return command;
}

/**
 * The settings that the options give, checked by `schema`; `none` clears one.
 * @throws CodedError `account.setting_refused` naming every fault by its flag
 */
export function readSettingOptions<Schema extends z.ZodType>(
  options: Readonly<Record<string, unknown>>,
  schema: Schema,
  others: Readonly<Record<string, unknown>> = {},
): z.infer<Schema> {
  const given = SETTINGS.flatMap((setting) => {
    const value = options[setting];
    if (typeof value !== 'string') return [];
    return [[setting, value === NONE ? null : setting === 'fieldMap' ? readMap(value) : value]];
  });
  const parsed = schema.safeParse({ ...Object.fromEntries(given), ...others });
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ message, path }) => {
    const setting = SETTINGS.find((each) => each === path[0]);
    const at = setting === undefined ? `--${String(path[0])}` : flagOf(setting);
    return `${at}: ${message}`;
  });
  throw new CodedError('account.setting_refused', `The account is refused. ${faults.join('; ')}.`);
}

/** A preset stays a name; anything else is a file. */
function readMap(nameOrFile: string): unknown {
  if (!existsSync(nameOrFile)) return nameOrFile;
  try {
    return JSON.parse(readFileSync(nameOrFile, 'utf8'));
  } catch {
    throw new CodedError('account.setting_refused', '--field-map: the file is not readable JSON.');
  }
}
