import { CodedError } from '../domain/errors.ts';

/**
 * Waits for `work` no longer than `withinMs`. A transaction whose connection was cut at its very beginning never
 * settles (postgres 3.4.9 sends its rollback to nobody), and whoever waits for it would wait for ever. The work itself
 * cannot be stopped; should it commit after all, the unique keys decide.
 * @throws CodedError `database.unavailable` when time is up
 */
export async function withDeadline<T>(work: Promise<T>, withinMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new CodedError(
          'database.unavailable',
          `The database did not answer within ${withinMs} ms.`,
        ),
      );
    }, withinMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
