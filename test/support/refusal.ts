import { isCoded } from '../../domain/errors.ts';

/** The code and message of a refusal. */
export async function refusalOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'accepted',
    (error: unknown) => (isCoded(error) ? `${error.code}: ${error.message}` : String(error)),
  );
}
