import { migrate } from '../../db/migrate.ts';
import { CodedError, isCoded } from '../../domain/errors.ts';

/**
 * Migrates the database of a trial.
 * @param dataDir the folder of the database; null for your own server
 * @throws CodedError `migration.other_baseline`, which names the next step for that folder; also those of
 *   {@link migrate}.
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
