import { ApplicationFailure } from '@temporalio/workflow';

/** Ids and keys are plain words; anything else never reaches the database. */
const PLAIN = /^[\w.*:/-]{1,200}$/;

/**
 * A text field of what somebody sent by hand; null where there is none. A message that cannot be read must not stop a
 * workflow: its task would fail again and again, and every message behind it would wait.
 */
export function readText(input: unknown, field: string): string | null {
  if (typeof input !== 'object' || input === null) return null;
  const value = (input as Readonly<Record<string, unknown>>)[field];
  return typeof value === 'string' && PLAIN.test(value) ? value : null;
}

/**
 * Refuses the input of a workflow that somebody started by hand without these fields.
 * @throws ApplicationFailure that ends the workflow
 */
export function needTexts(input: unknown, ...fields: readonly string[]): void {
  const missing = fields.filter((field) => readText(input, field) === null);
  if (missing.length > 0) throw badInput(`This workflow needs ${missing.join(' and ')}.`);
}

/** What ends a workflow, or refuses an update, that cannot be read. */
export function badInput(message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: 'request.invalid', message, nonRetryable: true });
}
