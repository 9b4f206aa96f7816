import { Client, Connection } from '@temporalio/client';
import type { Config } from '../config.ts';
import { CodedError } from '../domain/errors.ts';
import { temporalConnectionOptions } from '../temporal/connection.ts';

/** Runs `work` with a Temporal client and closes it whatever happens. @throws CodedError `temporal.unavailable` */
export async function withTemporal<T>(
  config: Config,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const options = temporalConnectionOptions(config);
  const connection = await Connection.connect({ ...options, connectTimeout: '10s' }).catch(
    (cause: unknown) => {
      throw new CodedError(
        'temporal.unavailable',
        `Temporal does not answer at ${options.address}: check TEMPORAL_ADDRESS and that the server runs.`,
        { cause },
      );
    },
  );
  try {
    return await work(new Client({ connection, namespace: config.TEMPORAL_NAMESPACE }));
  } finally {
    await connection.close();
  }
}
