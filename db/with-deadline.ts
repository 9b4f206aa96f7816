import { CodedError } from '../domain/errors.ts';

/**
 * Waits for `work` no longer than `withinMs`. If the connection is cut at the start of a transaction, its promise never
 * settles (postgres 3.4.9 sends the rollback nowhere), and its caller would wait permanently. The work itself cannot be
 * stopped; if it commits after all, the unique keys decide.
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
