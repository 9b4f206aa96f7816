/**
 * The import table: what each folder may run, what it may name as types only, and which packages it may use.
 * The rules below are made from it, ARCHITECTURE.md shows it (a test compares the two), and `npm run imports` checks it.
 * A key or an entry is a folder (`db/`) or one file (`api/main.ts`); the longest key that fits a file counts.
 */
const IMPORT_TABLE = [
  { from: 'domain/', runs: [], types: [], packages: [], builtins: [] },
  {
    from: 'bank/',
    runs: ['domain/'],
    types: [],
    packages: ['csv-parse', 'lossless-json', 'saxes', 'undici', 'zod'],
    builtins: 'any',
  },
  {
    from: 'db/',
    runs: ['domain/'],
    types: [],
    packages: ['drizzle-orm', 'postgres', 'uuidv7'],
    builtins: 'any',
  },
  {
    from: 'db/dump-schema.ts',
    runs: ['db/', 'embedded/'],
    types: [],
    packages: ['postgres'],
    builtins: 'any',
  },
  {
    from: 'app/',
    runs: ['domain/', 'db/', 'bank/'],
    types: [],
    packages: ['drizzle-orm'],
    builtins: ['crypto'],
  },
  {
    from: 'workflows/',
    runs: ['domain/'],
    types: ['activities/'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
    builtins: [],
  },
  { from: 'workflows/contract.ts', runs: [], types: ['domain/'], packages: [], builtins: [] },
  {
    from: 'activities/',
    runs: ['app/', 'domain/', 'db/', 'bank/', 'workflows/contract.ts'],
    types: [],
    packages: ['@temporalio/activity', '@temporalio/common'],
    builtins: [],
  },
  {
    from: 'temporal/',
    runs: ['domain/', 'workflows/contract.ts'],
    types: [],
    packages: ['@temporalio/client', '@temporalio/common'],
    builtins: ['crypto', 'fs', 'net', 'tls'],
  },
  {
    from: 'api/',
    runs: ['app/', 'domain/', 'db/', 'bank/', 'temporal/', 'workflows/contract.ts'],
    types: [],
    packages: ['fastify', '@fastify/*', 'fastify-*', 'drizzle-orm', 'jose', 'ws', 'zod'],
    builtins: 'any',
  },
  {
    from: 'api/main.ts',
    runs: ['api/', 'domain/', 'db/', 'temporal/', 'config.ts', 'logger.ts'],
    types: [],
    packages: [],
    builtins: 'any',
  },
  {
    from: 'worker/',
    runs: [
      'app/',
      'domain/',
      'db/',
      'bank/',
      'activities/',
      'temporal/',
      'workflows/contract.ts',
      'config.ts',
      'logger.ts',
    ],
    types: [],
    packages: ['@temporalio/client', '@temporalio/worker', 'drizzle-orm', 'postgres'],
    builtins: 'any',
  },
  {
    from: 'embedded/',
    runs: ['domain/'],
    types: [],
    packages: ['@temporalio/client', 'postgres', 'zod'],
    builtins: 'any',
  },
  {
    from: 'cli/',
    runs: [
      'app/',
      'domain/',
      'db/',
      'bank/',
      'api/',
      'worker/',
      'temporal/',
      'embedded/',
      'settings/',
      'workflows/contract.ts',
      'config.ts',
      'logger.ts',
    ],
    types: [],
    packages: [
      '@temporalio/client',
      '@temporalio/worker',
      'commander',
      'drizzle-orm',
      'picocolors',
      'tsx',
      'zod',
    ],
    builtins: 'any',
  },
  { from: 'simulator/', runs: [], types: [], packages: ['fastify'], builtins: 'any' },
  {
    from: 'settings/',
    runs: ['domain/', 'bank/http/address-rule.ts', 'db/ssl-mode.ts'],
    types: [],
    packages: ['zod'],
    builtins: ['fs'],
  },
  {
    from: 'config.ts',
    runs: ['domain/', 'settings/', 'bank/http/address-rule.ts'],
    types: [],
    packages: ['zod'],
    builtins: [],
  },
  { from: 'logger.ts', runs: [], types: [], packages: ['pino'], builtins: [] },
];

/** Rooms of a folder, each of which may use the ones before it, and the files beside the rooms. */
const ROOMS = {
  domain: ['money', 'reference', 'line', 'ledger', 'review', 'words'],
  app: ['capture', 'credit', 'undo', 'prove', 'statement', 'decide', 'wallet'],
};

const PACKAGE = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg'];

const escape = (text) => text.replaceAll('.', '\\.').replaceAll('*', '[^/]*');
const pathOf = (entry) => (entry.endsWith('/') ? `^${escape(entry)}` : `^${escape(entry)}$`);
const packagePath = (name) => `(^|/)node_modules/(@types/)?${escape(name)}(/|$)`;

/** Files of a row, without those that a more exact row speaks about. */
function filesOf(row) {
  const exact = IMPORT_TABLE.filter(
    (other) => other !== row && other.from.startsWith(row.from),
  ).map((other) => pathOf(other.from));
  return { path: pathOf(row.from), ...(exact.length > 0 ? { pathNot: exact } : {}) };
}

function rulesOf(row) {
  const name = row.from.replace(/\/$/, '');
  const from = filesOf(row);
  const own = row.from.endsWith('/') ? [row.from] : [];
  const runs = [...own, ...row.runs].map(pathOf);
  const names = [...own, ...row.runs, ...row.types].map(pathOf);
  const rules = [
    {
      name: `${name} runs only what its row allows`,
      severity: 'error',
      from,
      to: { dependencyTypes: ['local'], dependencyTypesNot: ['type-only'], pathNot: runs },
    },
    {
      name: `${name} names only the types its row allows`,
      severity: 'error',
      from,
      to: {
        dependencyTypes: ['type-only'],
        dependencyTypesNot: [...PACKAGE, 'core'],
        pathNot: names,
      },
    },
    {
      name: `${name} uses only the packages of its row`,
      severity: 'error',
      from,
      to: { dependencyTypes: PACKAGE, pathNot: row.packages.map(packagePath) },
    },
  ];
  if (row.builtins !== 'any') {
    rules.push({
      name: `${name} uses only the Node built-ins of its row`,
      severity: 'error',
      from,
      to: { dependencyTypes: ['core'], pathNot: row.builtins.map((each) => `^(node:)?${each}$`) },
    });
  }
  return rules;
}

/** One rule for each room, and one for the files beside them. */
function roomRules([folder, rooms]) {
  const forbid = (name, from, later) => ({
    name,
    severity: 'error',
    from: { path: from },
    to: { path: later.map((room) => `^${folder}/${room}/`) },
  });
  return [
    forbid(`files beside the rooms of ${folder} use no room`, `^${folder}/[^/]+$`, rooms),
    ...rooms
      .slice(0, -1)
      .map((room, index) =>
        forbid(
          `${folder}/${room} uses no later room`,
          `^${folder}/${room}/`,
          rooms.slice(index + 1),
        ),
      ),
  ];
}

const PRODUCT = IMPORT_TABLE.map((row) => pathOf(row.from));

module.exports = {
  forbidden: [
    ...IMPORT_TABLE.flatMap(rulesOf),
    ...Object.entries(ROOMS).flatMap(roomRules),
    {
      name: 'every product file has a row',
      comment: 'A new folder gets a row in the import table before it gets a file.',
      severity: 'error',
      from: { pathNot: [...PRODUCT, '^(test|bench|\\.ci)/', '^[^/]+\\.(config\\.[jt]s|cjs)$'] },
      to: {},
    },
    {
      name: 'only tests import the simulator',
      comment: 'It is a bank: everything else reaches it over HTTP.',
      severity: 'error',
      from: { pathNot: ['^simulator/', '^test/'] },
      to: { path: '^simulator/' },
    },
    {
      name: 'nothing imports tests',
      severity: 'error',
      from: { pathNot: '^(test|bench)/' },
      to: { path: '^test/' },
    },
    {
      name: 'the benchmark imports of tests only the hostile bank',
      severity: 'error',
      from: { path: '^bench/' },
      to: { path: '^test/', pathNot: '^test/domain/support/' },
    },
    {
      name: 'no cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'product code needs no dev dependency',
      comment:
        'An image is installed without them; cli/purser.mjs uses tsx only beside the sources.',
      severity: 'error',
      from: { path: PRODUCT, pathNot: ['^cli/purser\\.mjs$'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'every import is found',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types'] },
  },
};

// Not enumerable, since dependency-cruiser refuses settings that it does not know.
Object.defineProperty(module.exports, 'importTable', { value: IMPORT_TABLE });
