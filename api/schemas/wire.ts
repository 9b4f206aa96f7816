import { z } from 'zod';
import { named } from './named.ts';

/** Signed whole numbers as digit strings: a JSON number would lose digits past 2^53. */
export const digits = z
  .string()
  .regex(/^-?(0|[1-9][0-9]{0,18})$/, { abort: true })
  // The pattern lets numbers pass that 64 bits do not hold.
  .refine((text) => BigInt.asIntN(64, BigInt(text)) === BigInt(text), { error: 'exceeds 64 bits' })
  .meta({ examples: ['27500'] });

const currency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .meta({ examples: ['ZAR'] });

export const money = named('Money', z.strictObject({ minor: digits, currency }), {
  description: 'An amount in minor units (cents) of a currency.',
  example: { minor: '27500', currency: 'ZAR' },
});
export type MoneyOutput = z.infer<typeof money>;

export const instant = z.iso.datetime().meta({ examples: ['2026-11-20T08:15:00.000Z'] });
export const day = z.iso.date().meta({ examples: ['2026-11-20'] });

const idOf = (prefix: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9a-f]{32}$`))
    .meta({ examples: [`${prefix}_019ab3c4d5e67f8091a2b3c4d5e6f708`] });

export const apiKeyId = idOf('key');
export const walletId = idOf('wal');
export const depositId = idOf('dep');
export const runId = idOf('run');
export const decisionId = idOf('dec');
export const returnExportId = idOf('rex');
export const statementFileId = idOf('stf');
export const spendId = idOf('spd');
export const claimId = idOf('clm');

export const customerCode = z
  .string()
  .regex(/^CUS[0-9]{8}$/)
  .meta({ examples: ['CUS00005724'] });

export const accountKey = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/)
  .meta({ examples: ['fnb-main'] });

const LONE_SURROGATE = /\p{Cs}/u;

/**
 * Text that people typed: no control characters, no blanks at its ends, nothing that UTF-8 cannot hold.
 * The patterns are published, so every regex engine must be able to read them: no `\p`, no flags. What UTF-8 cannot hold
 * is therefore refused in code alone.
 */
export const plainText = (maxChars: number) =>
  z
    .string()
    .min(1)
    .max(maxChars)
    .regex(/^[^\x00-\x1f\x7f-\x9f]*$/, 'holds control characters')
    .regex(/^\S([\s\S]*\S)?$/, 'begins or ends with a blank')
    .refine((text) => !LONE_SURROGATE.test(text), 'holds half a character');

/** Query parameters are text: reads plain digits as a count and refuses anything else. */
const limit = z
  .string()
  .regex(/^[1-9][0-9]{0,2}$/)
  .transform((text) => Number.parseInt(text, 10))
  .refine((count) => count <= 200, 'is more than 200')
  .optional()
  .transform((count) => count ?? 50)
  .meta({ description: 'Items per page, 1 to 200; 50 if not given.' });

const cursor = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,200}$/)
  .optional()
  .meta({ description: '`next` of the previous page.' });

/** Query of a list. */
export const pageQuery = z.strictObject({ limit, cursor });
/** Query of a route that takes none. Unknown parameters are refused, so a key in an address never works. */
export const noQuery = z.strictObject({});
/** Body of a route that takes none. */
export const noBody = named('EmptyBody', z.strictObject({}), {
  description: 'This operation needs no body.',
  example: {},
}).nullish();

/** Minor units as they go over the wire. */
export function toMoney(minor: bigint, of: string): MoneyOutput {
  return { minor: minor.toString(), currency: of };
}

/** An instant as it goes over the wire; takes what the database's JSON has, too. */
export function toInstant(value: Date | string): string {
  return new Date(value).toISOString();
}

/** As {@link toInstant}; null for an event that has not happened yet. */
export function toInstantOrNull(value: Date | string | null): string | null {
  return value === null ? null : toInstant(value);
}
