import { describe, expect, it } from 'vitest';
import { CodedError, ERROR_CODES, errorName, framesOf, isCoded } from '../../domain/errors.ts';

describe('the codes of errors', () => {
  it.each(ERROR_CODES)('name an area and what happened in it: %s', (code) => {
    expect(code).toMatch(/^[a-z_]+\.[a-z_]+$/);
  });

  it('stand once each, in the order of the alphabet', () => {
    expect(ERROR_CODES).toEqual([...new Set(ERROR_CODES)].sort());
  });
});

describe('a coded error', () => {
  const cause = new Error('the socket closed');

  it('keeps its code, its facts and its cause', () => {
    const error = new CodedError('bank.unavailable', 'The bank did not answer.', {
      details: { status: 503 },
      cause,
    });
    expect(error).toMatchObject({
      name: 'CodedError',
      code: 'bank.unavailable',
      message: 'The bank did not answer.',
      details: { status: 503 },
      cause,
    });
  });

  it('omits facts and cause unless you give them', () => {
    const error = new CodedError('bank.unavailable', 'The bank did not answer.');
    expect(error.details).toEqual({});
    expect('cause' in error).toBe(false);
  });

  it('keeps its name and code through a replay that lost its class', () => {
    const replayed = Object.assign(new Error('x'), { name: 'CodedError', code: 'rate.missing' });
    for (const error of [new CodedError('rate.missing', 'x'), replayed]) {
      expect(isCoded(error)).toBe(true);
      expect(isCoded(error, 'rate.missing')).toBe(true);
      expect(isCoded(error, 'bank.unavailable')).toBe(false);
    }
  });

  it.each([
    ['an error of another name', Object.assign(new Error('x'), { code: 'rate.missing' })],
    ['an error without a code', Object.assign(new Error('x'), { name: 'CodedError' })],
    ['no error at all', { name: 'CodedError', code: 'rate.missing' }],
    ['nothing', null],
  ])('differs from %s', (_, thrown) => {
    expect(isCoded(thrown)).toBe(false);
    expect(isCoded(thrown, 'rate.missing')).toBe(false);
  });
});

describe('the name of what was thrown', () => {
  it('tells the class of an error and the type of anything else, and quotes neither', () => {
    expect(errorName(new TypeError('secret'))).toBe('TypeError');
    expect(errorName(new CodedError('rate.missing', 'secret'))).toBe('CodedError');
    expect(errorName('secret')).toBe('string');
    expect(errorName(undefined)).toBe('undefined');
  });
});

describe('the frames of what was thrown', () => {
  it('say where it came from, and nothing of a message that looks like them', () => {
    const frames = framesOf(new Error('Failed query:\nat J PETERS (account:12:34)'));
    expect(frames[0]).toMatch(/^at .*errors\.test\.ts:\d+:\d+\)?$/);
    expect(frames.join('\n')).not.toContain('PETERS');
  });

  it('name nothing where no error was thrown', () => {
    expect(framesOf('at J PETERS (account:12:34)')).toEqual([]);
  });
});
