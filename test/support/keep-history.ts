import { writeFile } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

export const HISTORY_NAMES = [
  'claim',
  'decide',
  'deposit-credited',
  'deposit-gated',
  'deposit-reviewed',
  'drain-gate',
  'import-statement',
  'reconcile',
  'sweep',
] as const;

export type HistoryName = (typeof HISTORY_NAMES)[number];

/**
 * Records a history for test/workflows/replay.test.ts, when the tests run with `RECORD_HISTORIES=1`: at a release, as
 * docs/upgrading-workflows.md says. The identity of the worker is left out.
 */
export async function keepHistory(
  client: Client,
  workflowId: string,
  name: HistoryName,
): Promise<void> {
  if (process.env['RECORD_HISTORIES'] !== '1') return;
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  const text = historyToJSON(history)
    .replaceAll(/("identity": ?)"[^"]*"/g, '$1"worker"')
    .replaceAll(/\d+@[\w.]+-(?=[0-9a-f]{32})/g, 'worker-');
  await writeFile(new URL(`../workflows/histories/${name}.json`, import.meta.url), `${text}\n`);
}
