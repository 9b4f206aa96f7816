import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { factsOf, writeTemporalLine } from '../../worker/temporal-log.ts';

describe('a line of Temporal in the worker’s log', () => {
  it('keeps alerts, codes, ids and counts, and nothing that a payer may have written', () => {
    const facts = factsOf({
      ...{ alert: 'run_failed', accountKey: 'main', code: 'bank.unauthorized', count: 2 },
      ...{ workflowId: 'poll/main', activityType: 'recordRun', attempt: 1 },
      ...{ reference: 'J PETERS CUS00000018', input: { name: 'J PETERS' }, taskToken: 'x' },
    });
    expect(facts).toEqual({
      temporal: true,
      ...{ alert: 'run_failed', accountKey: 'main', code: 'bank.unauthorized', count: 2 },
      ...{ workflowId: 'poll/main', activityType: 'recordRun', attempt: 1 },
    });
  });

  it('says of an error its kind, its code and where it came from, never its message', () => {
    const error = new TypeError('cannot read J PETERS\nat J PETERS, twice');
    const facts = factsOf({ error });
    expect(facts).toMatchObject({ temporal: true, cause: 'TypeError' });
    expect(JSON.stringify(facts)).not.toContain('PETERS');
    expect(facts['frames']).toEqual(
      expect.arrayContaining([expect.stringContaining('temporal-log.test.ts')]),
    );
    const cause = Object.assign(new Error('inner'), { type: 'bank.unavailable' });
    expect(factsOf({ error: new Error('outer', { cause }) })).toMatchObject({
      code: 'bank.unavailable',
    });
    const odd = Object.assign(new Error('x'), { code: 'has J PETERS in it' });
    expect(factsOf({ error: odd })).not.toHaveProperty('code');
  });

  it('names what of the code does not fit a history, and nothing of a history’s content', () => {
    const failure = `Failure { message: "[TMPRL1100] Nondeterminism error: Activity type of scheduled event 'a' does not match activity type of activity command 'b'", source: "J PETERS" }`;
    expect(factsOf({ failure, runId: 'r-1' })).toEqual({
      temporal: true,
      runId: 'r-1',
      code: 'TMPRL1100',
      detail:
        "Nondeterminism error: Activity type of scheduled event 'a' does not match activity type of activity command 'b'",
    });
    expect(factsOf({ failure: '[TMPRL1103] too large: J PETERS' })).toEqual({
      temporal: true,
      code: 'TMPRL1103',
    });
  });

  it('keeps its level, and cuts its texts', () => {
    const lines: string[] = [];
    const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
    writeTemporalLine(logger, 'WARN', 'said', { subject: 'x'.repeat(1_000) });
    const [line] = lines.map((each) => JSON.parse(each) as { level: number; subject: string });
    expect(line).toMatchObject({ level: 40, msg: 'said' });
    expect(line?.subject).toHaveLength(200);
  });
});
