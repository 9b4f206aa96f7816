// Prints `N passed, N failed` from vitest's JSON report. A test file that cannot be loaded counts as one failure.
import { existsSync, readFileSync } from 'node:fs';

const file = process.argv[2] ?? '';
if (existsSync(file)) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  const failed = report.numFailedTests + brokenFiles;
  process.stdout.write(`${report.numPassedTests} passed, ${failed} failed\n`);
} else {
  process.stdout.write('The tests did not run: an earlier check failed.\n0 passed, 0 failed\n');
}
