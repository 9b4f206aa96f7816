import type { Command } from 'commander';
import { runApi } from '../../api/main.ts';
import { CodedError } from '../../domain/errors.ts';
import { runService } from '../service.ts';
import { sayReady, untilAskedToStop } from '../supervise.ts';

export function addApi(program: Command): void {
  program
    .command('api')
    .description('run the HTTP API: wallets, deposits, reviews, bank webhooks')
    .action(() =>
      runService('purser-api', async (context) => {
        const api = await runApi(context).catch((error: unknown) => {
          throw explainListening(error, context.config) ?? error;
        });
        sayReady(api.url);
        try {
          await Promise.race([untilAskedToStop(), api.refused]);
        } finally {
          await api.close();
        }
      }),
    );
}

const LISTENING_FAULTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses that port: stop it, or set API_PORT to a free port',
  EACCES: 'this login may not use that port: set API_PORT to one above 1023',
  EADDRNOTAVAIL: 'this machine does not have that address: correct API_HOST',
  ENOTFOUND: 'this name has no address: correct API_HOST',
};

function explainListening(
  error: unknown,
  { API_HOST, API_PORT }: { readonly API_HOST: string; readonly API_PORT: number },
): CodedError | null {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return null;
  if (error.syscall !== 'listen' && error.syscall !== 'getaddrinfo') return null;
  const fault = LISTENING_FAULTS[String(error.code)];
  if (fault === undefined) return null;
  return new CodedError(
    'config.invalid',
    `The API cannot listen on ${API_HOST}:${API_PORT}: ${fault}.`,
  );
}
