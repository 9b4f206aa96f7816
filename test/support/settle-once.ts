import { creditWallet } from '../../activities/credit-wallet.ts';
import { creditBacklog } from '../../app/credit/credit-waiting.ts';
import { openDatabase } from '../../db/client.ts';
import { createTestDependencies } from './activities.ts';

/** Run by {@link settleInChild}: exits 0 only if the attempt committed. */
const [url = '', lane = '', name = ''] = process.argv.slice(2);
const database = openDatabase({ url, poolSize: 1, applicationName: 'purser-test', as: 'app' });
const dependencies = createTestDependencies(database.db);
const attempt: Promise<unknown> =
  lane === 'workflow'
    ? creditWallet(dependencies, { depositId: name })
    : creditBacklog(database.db, name, () => undefined);
attempt.then(
  () => process.exit(0),
  () => process.exit(1),
);
