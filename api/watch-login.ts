import type { DatabaseHandle } from '../db/client.ts';
import { requireServiceLogin } from '../db/queries/login.ts';
import { isCoded } from '../domain/errors.ts';

const LOOK_AGAIN_MS = 5_000;

/** Looks at the login of a production API as soon as the database answers; until then there is nothing to look at. */
export function watchLogin(
  { db }: DatabaseHandle,
  isProduction: boolean,
): { readonly refused: Promise<never>; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const refused = new Promise<never>((_, reject) => {
    const look = async () => {
      try {
        await requireServiceLogin(db);
      } catch (error) {
        if (isCoded(error, 'database.login_too_powerful')) reject(error);
        else if (!isStopped) timer = setTimeout(() => void look(), LOOK_AGAIN_MS).unref();
      }
    };
    if (isProduction) void look();
  });
  // Whoever races it hears of it; without one it would end the process as unhandled.
  refused.catch(() => undefined);
  return {
    refused,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
