import { existsSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../support/repository.ts';

const named = process.env['PURSER_FIXTURES'];

/** Where real bank files lie: beside the checkout of those who have them, or where `PURSER_FIXTURES` says. */
export const REAL_FILES = named ?? path.resolve(ROOT, '..', 'shared', 'fixtures');

/** A clone has no real bank files, and then skips their tests; who names a folder means them to run. */
export const HAS_REAL_FILES = named !== undefined || existsSync(REAL_FILES);

/** What the title of a test that reads real files ends with, so that the summary of a run says why it was skipped. */
export const WHY_SKIPPED = HAS_REAL_FILES
  ? ''
  : ' (skipped: there is no folder of real bank files here; name one with PURSER_FIXTURES)';
