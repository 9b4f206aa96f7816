import { readFileSync, readdirSync } from 'node:fs';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker } from '@temporalio/worker';
import { describe, expect, inject, it } from 'vitest';
import { WORKFLOW } from '../../workflows/contract.ts';
import { HISTORY_NAMES } from '../support/keep-history.ts';

interface RecordedHistory {
  readonly events: readonly {
    readonly workflowExecutionStartedEventAttributes?: {
      readonly workflowType?: { readonly name?: string };
    };
  }[];
}

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
  it('replays a recorded history of each type of workflow, as the server wrote it', () => {
    expect(NAMES).toEqual(HISTORY_NAMES.map((name) => `${name}.json`));
    const types = NAMES.map((name) => {
      const { events } = JSON.parse(recorded(name)) as RecordedHistory;
      return events[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name;
    });
    expect([...new Set(types)].sort()).toEqual(Object.values(WORKFLOW).toSorted());
    // Without them a replay takes another activity for the same.
    expect(NAMES.filter((name) => !recorded(name).includes('"coreUsedFlags"'))).toEqual([]);
  });

  it.each(NAMES)('replays %s to its end', async (name) => {
    await expect(replay(recorded(name))).resolves.toBeUndefined();
  });

  it('fails when a history differs from what the code does', async () => {
    const changed = recorded('reconcile.json').replaceAll('"planDispatch"', '"planSomethingElse"');
    await expect(replay(changed)).rejects.toThrow(DeterminismViolationError);
  });
});
