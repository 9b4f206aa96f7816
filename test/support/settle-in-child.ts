import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('settle-once.ts', import.meta.url));

/**
 * One attempt to credit, in a separate process: when the server cuts a connection during work, the driver throws where
 * only the process can catch it. `name` is a deposit's id, or an account's key for the backlog lane.
 */
export function settleInChild(
  url: string,
  lane: 'workflow' | 'backlog',
  name: string,
): Promise<'done' | 'failed'> {
  const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, url, lane, name], {
    stdio: 'ignore',
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code === 0 ? 'done' : 'failed'));
  });
}
