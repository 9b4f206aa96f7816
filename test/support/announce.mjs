// Says before a test run how long it takes and what it needs: who waits in silence for minutes thinks that it hangs.
const RUNS = {
  short: 'npm test: about 8 minutes on two idle cores.',
  long: 'npm run test:long: the models and storms in full, about 25 minutes on two idle cores.',
};

process.stderr.write(
  `${process.argv[2] === 'long' ? RUNS.long : RUNS.short}
It starts its own PostgreSQL and Temporal on free ports, and stops them. A Temporal server is downloaded once.
One folder: npx vitest run test/domain
`,
);
