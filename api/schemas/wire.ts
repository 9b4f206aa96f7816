import { z } from 'zod';

/** Signed whole numbers as digit strings: a JSON number would lose digits past 2^53. */
export const digits = z
  .string()
  .regex(/^-?(0|[1-9][0-9]{0,18})$/)
  .meta({ examples: ['27500'] });

const currency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .meta({ examples: ['ZAR'] });

export const money = z.strictObject({ minor: digits, currency }).meta({
  id: 'Money',
  description: 'An amount in minor units (cents) of a currency.',
});
export type MoneyOutput = z.infer<typeof money>;

export const instant = z.iso.datetime().meta({ examples: ['2026-11-20T08:15:00.000Z'] });
export const day = z.iso.date().meta({ examples: ['2026-11-20'] });

const idOf = (prefix: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9a-f]{32}$`))
    .meta({ examples: [`${prefix}_019ab3c4d5e67f8091a2b3c4d5e6f708`] });

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

/** Text that people typed: no control characters, no blanks at its ends, nothing that UTF-8 cannot hold. */
export const plainText = (maxChars: number) =>
  z
    .string()
    .min(1)
    .max(maxChars)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'holds control characters')
    .regex(/^\S(.*\S)?$/s, 'begins or ends with a blank');

/** Query parameters are text; this reads one as a count, and refuses whatever is not plain digits. */
const limit = z
  .string()
  .regex(/^[1-9][0-9]{0,2}$/)
  .transform((text) => Number.parseInt(text, 10))
  .refine((count) => count <= 200, 'is more than 200')
  .optional()
  .transform((count) => count ?? 50)
  .meta({ description: 'Items on a page, 1 to 200; 50 if not given.' });

const cursor = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,200}$/)
  .optional()
  .meta({ description: '`next` of the page before.' });

/** Query of a list. */
export const pageQuery = z.strictObject({ limit, cursor });
/** Query of a route that takes none: an unknown parameter is refused, so a key in an address never works. */
export const noQuery = z.strictObject({});
/** Body of a route that takes none. */
export const noBody = z.strictObject({}).nullish();

/** A page of a list. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item), next: z.string().nullable() });

/** Minor units as they go over the wire. */
export function toMoney(minor: bigint, of: string): MoneyOutput {
  return { minor: minor.toString(), currency: of };
}

/** An instant as it goes over the wire; takes what the database's JSON has, too. */
export function toInstant(value: Date | string): string {
  return new Date(value).toISOString();
}

/** As {@link toInstant}, for what has not happened yet. */
export function toInstantOrNull(value: Date | string | null): string | null {
  return value === null ? null : toInstant(value);
}
