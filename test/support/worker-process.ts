import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild, type RunningProcess } from '../../cli/stack/child-process.ts';
import type { Service } from './service.ts';

/** A worker as in production: a separate process, which may be killed. */
export function startWorkerProcess(service: Pick<Service, 'env'>): Promise<RunningProcess> {
  return startChild({
    name: 'worker',
    command: ['worker'],
    env: { ...process.env, ...service.env },
    logFile: join(tmpdir(), `purser-test-worker-${process.pid}.log`),
    readyWithinMs: 300_000,
  });
}
