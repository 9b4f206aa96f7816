import { readFileSync, readdirSync } from 'node:fs';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker } from '@temporalio/worker';
import { describe, expect, inject, it } from 'vitest';

const FOLDER = new URL('./histories/', import.meta.url);
const NAMES = readdirSync(FOLDER);

/** A history as a server recorded it: `temporal workflow show --output json`, or the Temporal UI's download. */
function recorded(name: string): string {
  return readFileSync(new URL(name, FOLDER), 'utf8');
}

function replay(json: string): Promise<void> {
  const options = { workflowBundle: { codePath: inject('workflowBundlePath') } };
  return Worker.runReplayHistory(options, historyFromJSON(JSON.parse(json)));
}

describe('today’s code, with workflows that started before it,', () => {
  it('finds all the recorded histories to replay', () => {
    expect(NAMES).toEqual([
      'claim.json',
      'deposit-credited.json',
      'deposit-gated.json',
      'deposit-reviewed.json',
      'drain-gate.json',
      'reconcile.json',
    ]);
  });

  it.each(NAMES)('replays %s to its end', async (name) => {
    await expect(replay(recorded(name))).resolves.toBeUndefined();
  });

  it('fails when a history differs from what the code does', async () => {
    const changed = recorded('reconcile.json').replaceAll('"planDispatch"', '"planSomethingElse"');
    await expect(replay(changed)).rejects.toThrow(DeterminismViolationError);
  });
});
