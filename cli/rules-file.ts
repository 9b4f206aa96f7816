import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { CodedError } from '../domain/errors.ts';
import { DEFAULT_RULES, type Rules } from '../domain/review/rules.ts';

/** A rule that the file leaves out keeps its present value; an unknown rule is a fault. */
const rulesSchema = z.strictObject({
  version: z.string().min(1).max(60),
  groupedCodes: z.boolean().default(DEFAULT_RULES.groupedCodes),
  legacyGrouped: z.boolean().default(DEFAULT_RULES.legacyGrouped),
  creditRepairs: z.enum(['none', 'one_wallet']).default(DEFAULT_RULES.creditRepairs),
  amountLimitMinor: z
    .string()
    .regex(/^[1-9][0-9]{0,14}$/, 'must be an amount in cents, as text')
    .transform(BigInt)
    .nullable()
    .default(DEFAULT_RULES.amountLimitMinor),
}) satisfies z.ZodType<Rules>;

/** @throws CodedError `config.invalid` if the file is unreadable, or with each of its faults */
export async function readRulesFile(file: string): Promise<Rules> {
  let declared: unknown;
  try {
    declared = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'it is not JSON' : 'it cannot be read';
    throw new CodedError('config.invalid', `The rules ${file} cannot be used: ${why}.`, {
      cause: error,
    });
  }
  return parseRules(declared);
}

/** @throws CodedError `config.invalid` naming each fault */
export function parseRules(declared: unknown): Rules {
  const parsed = rulesSchema.safeParse(declared);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    ({ path, message }) => `  ${path.length === 0 ? 'rules' : path.join('.')}: ${message}`,
  );
  throw new CodedError('config.invalid', `The rules have faults:\n${faults.join('\n')}`);
}
