import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrateTrial } from '../../cli/stack/migrate-trial.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { refusalOf } from '../support/refusal.ts';

let test: TestDatabase;

/** A database of another baseline. */
beforeEach(async () => {
  test = await createTestDatabase();
  await test.owner`UPDATE purser_migrations SET sha256 = 'x' WHERE name = 'baseline'`;
});
afterEach(() => test.close());

describe('migrateTrial, on a database that another version made,', () => {
  it('names the folder to remove when the database is in the data folder', async () => {
    expect(await refusalOf(migrateTrial(test.ownerUrl, '/home/thandi/purser'))).toBe(
      'migration.other_baseline: The trial in /home/thandi/purser was made by another version, whose database this one cannot use. ' +
        'Remove that folder to begin a new trial (everything in it is lost), or set PURSER_DATA_DIR to another one.',
    );
  });

  it('asks for a new database when the server is the user’s', async () => {
    expect(await refusalOf(migrateTrial(test.ownerUrl, null))).toMatch(
      /^migration\.other_baseline: .*migrate a new, empty database\.$/,
    );
  });
});
