import { describe, expect, it } from 'vitest';
import { followAccounts, type FollowedAccount } from '../../worker/follow-accounts.ts';
import { createLogger } from '../../logger.ts';
import { waitFor } from '../support/wait-for.ts';

const logger = createLogger({ level: 'silent', name: 'test' });

/** Follows these accounts until `count` of them were applied; answers which, in their order. */
async function follow(
  accounts: readonly FollowedAccount[],
  options: { readonly applied: readonly FollowedAccount[]; readonly failing?: string },
): Promise<readonly string[]> {
  const asked: string[] = [];
  const following = followAccounts({
    list: () => Promise.resolve(accounts),
    apply: ({ accountKey, isPolled }) => {
      asked.push(`${accountKey} ${isPolled ? 'on' : 'off'}`);
      return accountKey === options.failing
        ? Promise.reject(new Error('Temporal does not answer'))
        : Promise.resolve();
    },
    applied: options.applied,
    logger,
  });
  await waitFor('the last account to be followed', () =>
    Promise.resolve(asked.some((each) => each.startsWith('last'))),
  );
  await following.stop();
  return asked;
}

const on = (accountKey: string) => ({ accountKey, isPolled: true });
const off = (accountKey: string) => ({ accountKey, isPolled: false });

describe('a worker that follows bank accounts', () => {
  it('applies those that are new or changed, and no other', async () => {
    const accounts = [on('new'), off('paused'), on('same'), on('last')];
    const asked = await follow(accounts, { applied: [on('paused'), on('same')] });
    expect(asked).toEqual(['new on', 'paused off', 'last on']);
  });

  it('follows the others where one cannot be applied', async () => {
    const asked = await follow([on('broken'), on('last')], { applied: [], failing: 'broken' });
    expect(asked).toEqual(['broken on', 'last on']);
  });
});
