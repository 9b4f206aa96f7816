// Adds up vitest's JSON reports of the check's two test runs: what was skipped, and `N passed, N failed` at the end.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The runs of the check, by their report. */
const RUNS = [
  { report: 'test.json', command: 'npm test' },
  { report: 'long.json', command: 'npm run test:long' },
];

const folder = process.argv[2] ?? '';
const sum = { passed: 0, failed: 0 };
for (const { report, command } of RUNS) {
  const file = join(folder, report);
  if (!existsSync(file)) {
    process.stdout.write(`${command} did not run: an earlier check failed.\n`);
    process.exitCode = 1;
    continue;
  }
  const { passed, failed, skipped } = countReport(JSON.parse(readFileSync(file, 'utf8')));
  sum.passed += passed;
  sum.failed += failed;
  for (const title of skipped) process.stdout.write(`Skipped in ${command}: ${title}\n`);
}
process.stdout.write(`${sum.passed} passed, ${sum.failed} failed\n`);

/** A test file that cannot be loaded counts as one failure. */
function countReport(report) {
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  );
  const skipped = report.testResults.flatMap(({ assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'skipped' || status === 'pending')
      .map(({ fullName }) => fullName),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    skipped,
  };
}
