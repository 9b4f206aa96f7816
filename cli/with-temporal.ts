import type { Client } from '@temporalio/client';
import type { Config } from '../config.ts';
import { connectTemporal } from '../temporal/connection.ts';
import { temporalConnectionOptions } from '../temporal/connection-options.ts';

/** Runs `work` with a Temporal client and always closes it. @throws CodedError `temporal.unavailable` */
export async function withTemporal<T>(
  config: Config,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const { client, connection } = await connectTemporal({
    ...temporalConnectionOptions(config),
    namespace: config.TEMPORAL_NAMESPACE,
  });
  try {
    return await work(client);
  } finally {
    await connection.close();
  }
}
