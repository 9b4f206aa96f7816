import { describe, expect, it } from 'vitest';
import {
  alertFacts,
  ALERT_KINDS,
  ALERT_WORDS,
  alertSentence,
  verdictOf,
} from '../../../domain/words/alert-words.ts';
import { readRepositoryFile } from '../../support/repository.ts';

const RUNBOOK = readRepositoryFile('docs/runbook.md');
const OPERATIONS = readRepositoryFile('docs/operations.md');
const SECTIONS = new Map(
  RUNBOOK.split(/^## /m).map((section) => {
    const [title = '', ...text] = section.split('\n');
    return [title.replaceAll('’', "'"), text.join('\n')];
  }),
);

describe('the words of alerts', () => {
  it.each(ALERT_KINDS)('name a section of the runbook for %s, which names the alert', (kind) => {
    const { section } = ALERT_WORDS[kind];
    expect(SECTIONS.get(section.replaceAll('’', "'"))).toContain(`\`${kind}\``);
    expect(OPERATIONS).toContain(`\`${kind}\``);
  });

  it('give the gravest alert that stands as the verdict', () => {
    expect(verdictOf([])).toBe('ok');
    expect(verdictOf(['gate_closed'])).toBe('warning');
    expect(verdictOf(['gate_closed', 'verify_red', 'bank_silent'])).toBe('critical');
  });

  it('tell the log the kind, the subject and what is known besides', () => {
    const news = { kind: 'run_failed', subject: 'main', accountKey: 'main', count: 1 } as const;
    expect(alertFacts({ ...news, code: 'bank.unauthorized', example: 'run_1' })).toEqual({
      ...{ alert: 'run_failed', severity: 'critical', subject: 'main', accountKey: 'main' },
      ...{ code: 'bank.unauthorized', example: 'run_1', count: 1 },
    });
    expect(alertFacts({ ...news, accountKey: null, code: null, example: null })).toEqual({
      ...{ alert: 'run_failed', severity: 'critical', subject: 'main', count: 1 },
    });
    expect(alertSentence(news)).toBe(ALERT_WORDS.run_failed.sentence);
  });
});
