// A stand-in for `purser start`: it starts both servers under the lock, says so, and stays until it is killed.
import { dataFolder } from '../../../embedded/data-folder.ts';
import { startPostgres } from '../../../embedded/postgres.ts';
import { lockStack } from '../../../embedded/stack-lock.ts';
import { findTemporalBinary } from '../../../embedded/temporal-binary.ts';
import { startTemporal } from '../../../embedded/temporal.ts';

const dataDir = process.argv[2] ?? '';
const { path: binary } = await findTemporalBinary({
  env: process.env,
  cacheDir: dataFolder(process.env),
});
await lockStack(dataDir);
const postgres = await startPostgres({ dataDir, fast: true });
const temporal = await startTemporal({ dataDir, binary, searchAttributes: {} });
process.stdout.write(`${JSON.stringify({ postgres: postgres.pid, temporal: temporal.pid })}\n`);
setInterval(() => undefined, 60_000);
