import { z } from 'zod';
import { FIELD_MAP_PRESETS } from '../../bank/feeds/presets/presets.ts';
import { parseFieldMap } from '../../bank/json/field-map.ts';
import type { AccountSettings } from '../../db/queries/bank-accounts.ts';
import { CodedError, isCoded } from '../../domain/errors.ts';
import { FEED_PROTOCOLS } from '../../domain/line/feed-protocols.ts';
import { parseLocalDate } from '../../domain/local-date.ts';
import { day, digits, plainText } from './wire.ts';

const header = z.string().regex(/^[a-z0-9-]{1,60}$/);
const secretName = z
  .string()
  .regex(/^[A-Z0-9_]{1,80}$/)
  .nullable();
const minor = digits.regex(/^[0-9]/, 'is negative');

/** What may be set of a bank account, in requests and on the command line; null clears a setting. */
export const accountSettings = {
  bankName: plainText(100).meta({ description: 'Name of the bank, for people.' }),
  timeZone: z.string().min(1).max(60).meta({ description: 'Time zone of the bank’s days.' }),
  feed: z
    .enum(FEED_PROTOCOLS)
    .nullable()
    .meta({ description: 'Protocol of the bank’s API; null where it is not read.' }),
  apiUrl: z.string().max(2_000).nullable().meta({ description: 'Address of the bank’s API.' }),
  bankAccountId: plainText(100).nullable().meta({ description: 'The account’s id at the bank.' }),
  apiKeyEnv: secretName.meta({
    description:
      'Name of the worker’s variable with the key: `BANK_API_KEY` or `BANK_<NAME>_API_KEY`.',
  }),
  webhookSecretEnv: secretName.meta({
    description:
      'Name of the API’s variable with the secret: `BANK_WEBHOOK_SECRET` or `BANK_<NAME>_WEBHOOK_SECRET`.',
  }),
  fieldMap: z
    .union([z.string().max(40), z.record(z.string(), z.unknown())])
    .nullable()
    .meta({ description: 'For feed json: a preset’s name, or a map of the bank’s fields.' }),
  amounts: z.enum(['signed', 'unsigned']),
  webhookSignature: z.enum(['standard', 'hex']),
  webhookSignatureHeader: header,
  webhookTimestampHeader: header.nullable(),
  webhookTrust: z.enum(['credit', 'hint']),
  webhookSpendableMinor: minor,
  webhookSpendableHourMinor: minor,
  repeatedBatch: z.enum(['hold', 'credit']),
  unknownFields: z.enum(['record', 'refuse']),
  consentEndsOn: day.nullable(),
  mode: z.enum(['live', 'shadow']),
  amountLimitMinor: minor.nullable(),
  payerConflict: z.enum(['credit', 'review']),
  proofPolicy: z.enum(['hold', 'warn']),
  provisional: z.enum(['pending', 'booked']),
  balancePolicy: z.enum(['alert', 'close_gate']),
} as const;

/** The settings of a change: any of them. */
export const someSettings = z.strictObject(accountSettings).partial();

/** The settings of a new account. */
export const newSettings = someSettings.required({ bankName: true }).extend({
  currency: z.string().default('ZAR'),
  timeZone: accountSettings.timeZone.default('Africa/Johannesburg'),
});

/**
 * Settings as the database takes them, of a body that has them among others.
 * @throws CodedError `account.setting_refused` for a field map with a fault
 */
export function toSettings(given: z.infer<typeof someSettings>): AccountSettings {
  const { amountLimitMinor, consentEndsOn, fieldMap } = given;
  const settings: Readonly<Record<string, unknown>> = {
    ...given,
    amountLimitMinor: mapGiven(amountLimitMinor, BigInt),
    webhookSpendableMinor: mapGiven(given.webhookSpendableMinor, BigInt),
    webhookSpendableHourMinor: mapGiven(given.webhookSpendableHourMinor, BigInt),
    consentEndsOn: mapGiven(consentEndsOn, parseLocalDate),
    fieldMap: mapGiven(fieldMap, toFieldMap),
  };
  return Object.fromEntries(
    Object.keys(accountSettings).flatMap((name) =>
      settings[name] === undefined ? [] : [[name, settings[name]]],
    ),
  );
}

/** The value as the database takes it; null clears the setting, undefined leaves it. */
function mapGiven<From, To>(
  value: From | null | undefined,
  map: (value: From) => To,
): To | null | undefined {
  if (value === undefined) return undefined;
  return value === null ? null : map(value);
}

function toFieldMap(given: string | Readonly<Record<string, unknown>>): unknown {
  const refused = (why: string) => new CodedError('account.setting_refused', `fieldMap: ${why}`);
  if (typeof given === 'string') {
    const preset = FIELD_MAP_PRESETS.get(given);
    if (preset !== undefined) return preset;
    throw refused(`is none of ${[...FIELD_MAP_PRESETS.keys()].join(', ')}.`);
  }
  try {
    return parseFieldMap(given);
  } catch (error) {
    throw isCoded(error) ? refused(error.message) : error;
  }
}
