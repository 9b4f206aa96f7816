import { toCodedError } from '../db/pg-errors.ts';
import { isCoded } from '../domain/errors.ts';
import type { Logger } from '../logger.ts';

const FRAMES_SHOWN_MAX = 12;

/**
 * Writes one line with a code for the failure that ends a process, without any statement, parameter or quote of a
 * driver. The frames of a stack locate our fault; its first lines, with the message, stay out.
 */
export function logFailure(logger: Logger, error: unknown): void {
  const coded = isCoded(error) ? error : toCodedError(error);
  if (coded !== null) {
    logger.fatal({ ...coded.details, code: coded.code }, coded.message);
    return;
  }
  const { name, stack } = error instanceof Error ? error : { name: typeof error, stack: '' };
  const frames = (stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at '));
  logger.fatal(
    {
      code: 'internal.unexpected',
      failure: name,
      stack: frames.slice(0, FRAMES_SHOWN_MAX).map((line) => line.trim()),
    },
    'The process failed unexpectedly: report this line.',
  );
}
