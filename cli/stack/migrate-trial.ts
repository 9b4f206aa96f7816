import { migrate } from '../../db/migrate.ts';
import { CodedError, isCoded } from '../../domain/errors.ts';

/**
 * Migrates the database of a trial.
 * @param dataDir the folder that the database is in; null for a server of the user's own
 * @throws CodedError `migration.other_baseline`, which says what to do with that folder, beside those of {@link migrate}.
 */
export async function migrateTrial(url: string, dataDir: string | null): Promise<void> {
  try {
    await migrate(url);
  } catch (error) {
    if (dataDir === null || !isCoded(error, 'migration.other_baseline')) throw error;
    throw new CodedError(
      'migration.other_baseline',
      `The trial in ${dataDir} was made by another version, whose database this one cannot use. ` +
        'Remove that folder to begin a new trial (everything in it is lost), or set PURSER_DATA_DIR to another one.',
      { cause: error },
    );
  }
}
