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

describe('workflows that are under way while the code changes', () => {
  it('have recorded histories to be tried with', () => {
    expect(NAMES).toEqual([
      'claim.json',
      'deposit-credited.json',
      'deposit-gated.json',
      'deposit-reviewed.json',
      'drain-gate.json',
      'reconcile.json',
    ]);
  });

  it.each(NAMES)('go on with today’s code: %s', async (name) => {
    await expect(replay(recorded(name))).resolves.toBeUndefined();
  });

  it('are refused when the code would have done something else', async () => {
    const changed = recorded('reconcile.json').replaceAll('"planDispatch"', '"planSomethingElse"');
    await expect(replay(changed)).rejects.toThrow(DeterminismViolationError);
  });
});
