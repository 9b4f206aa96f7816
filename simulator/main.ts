import { buildSimulator } from './build-simulator.ts';
import { readSettings } from './settings.ts';

try {
  const simulator = buildSimulator(readSettings(process.env));
  const url = await simulator.listen();
  let isStopping = false;
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    simulator.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (process.env['SIMULATOR_EXIT_WITH_PARENT'] === '1') {
    process.stdin.once('close', stop).once('end', stop).resume();
  }
  process.stdout.write(`${JSON.stringify({ event: 'listening', url })}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
