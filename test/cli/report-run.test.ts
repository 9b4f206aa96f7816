import { describe, expect, it } from 'vitest';
import { printRun, runToJson, type RunRow } from '../../cli/report-run.ts';

const RUN: RunRow = {
  id: 'run_1',
  bankAccountKey: 'fnb-main',
  kind: 'poll',
  startedAt: new Date('2026-11-20T08:00:00Z'),
  finishedAt: new Date('2026-11-20T08:00:03Z'),
  outcome: 'completed',
  errorCode: null,
  errorDetail: null,
  windowFrom: null,
  windowTo: null,
  linesSeen: 1,
  linesNew: 1,
  held: 0,
  rowsWaiting: 0,
  rowsQuarantined: 0,
  balanceGap: false,
  warnings: [],
  depositsNew: 1,
  creditedCount: 1,
  creditedMinor: 5_000n,
  credits: 1n,
  reviewCount: 0,
  reviewMinor: 0n,
};

describe('the report of a run', () => {
  it('calls a failed run failed, and says why beside the code', () => {
    const why = "The bank's page 1 is invalid: transactions is not a list.";
    const failed = {
      ...RUN,
      outcome: 'failed',
      errorCode: 'bank.bad_response',
      errorDetail: why,
    } as const;
    const text = printRun(failed);
    expect(text).toMatch(/^Reconciliation failed: fnb-main\n/);
    expect(text).not.toContain('completed');
    expect(text).toContain('\n  Error:            bank.bad_response (docs/errors.md)');
    expect(text).toContain(`\n  Reason:           ${why}`);
    expect(runToJson(failed)).toMatchObject({ outcome: 'failed', errorDetail: why });
  });

  it('counts rows that wait for a later read', () => {
    const text = printRun({ ...RUN, rowsWaiting: 2 });
    expect(text).toMatch(/\n  Waiting: +2 rows +may be known lines; later reads tell\n/);
    expect(printRun(RUN)).not.toContain('Waiting');
    expect(runToJson({ ...RUN, rowsWaiting: 2 })).toMatchObject({ rowsWaiting: 2 });
  });

  it('counts rows that cannot be read, and says what the run did without', () => {
    const warning = "Pending rows were not read: The bank's server failed (HTTP 503).";
    const run = { ...RUN, rowsQuarantined: 3, warnings: [warning] };
    const text = printRun(run);
    expect(text).toMatch(/^Reconciliation completed: fnb-main\n/);
    expect(text).toMatch(/\n  Unreadable: +3 rows +waiting as cases\n/);
    expect(text).toContain(`\n  Warning:          ${warning}`);
    expect(runToJson(run)).toMatchObject({ rowsUnreadable: 3, warnings: [warning] });
  });
});
