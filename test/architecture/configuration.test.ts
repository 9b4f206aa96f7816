import { describe, expect, it } from 'vitest';
import { configSchema, loadConfig } from '../../config.ts';
import { isSecretName } from '../../settings/secret-files.ts';
import { readRepositoryFile, readTable } from '../support/repository.ts';

/** Every variable with its default as a person writes it; null where there is none. */
const DEFAULTS: Readonly<Record<string, string | number | bigint | boolean | undefined>> =
  configSchema.parse({});
const SETTINGS = Object.entries(configSchema.shape).map(([name, schema]) => ({
  name,
  fallback: DEFAULTS[name] === undefined ? null : String(DEFAULTS[name]),
  description: schema.description,
}));

const COMPOSE = readRepositoryFile('docker-compose.yml');
const COMPOSE_ENV = readRepositoryFile('docker/compose.env.example');

/** Settings that mean nothing inside the images, or that a file of the operator's own goes with. */
const NOT_IN_COMPOSE: ReadonlySet<string> = new Set([
  // Of the migration alone, which has it.
  'MIGRATION_DATABASE_URL',
  'MIGRATION_DATABASE_PASSWORD',
  // PostgreSQL and Temporal are the ones beside it.
  'DATABASE_CA_FILE',
  'DATABASE_CERT_FILE',
  'DATABASE_KEY_FILE',
  'TEMPORAL_API_KEY',
  'TEMPORAL_TLS_CA_FILE',
  'TEMPORAL_TLS_CERT_FILE',
  'TEMPORAL_TLS_KEY_FILE',
  'TEMPORAL_TLS_SERVER_NAME',
  // No embedded server starts.
  'PURSER_DATA_DIR',
  // The image has its own.
  'WORKFLOW_BUNDLE',
  // Files on a disk that operators of the database cannot reach: whoever mounts one names it, too.
  'AUDIT_ANCHOR_FILE',
  'AUDIT_SIGNING_KEY_FILE',
  'AUDIT_PUBLIC_KEY_FILE',
]);

/** A setting whose value stands in a file, by its own name. */
const withoutFile = (name: string): string =>
  name.endsWith('_FILE') && isSecretName(name.slice(0, -5)) ? name.slice(0, -5) : name;

/** The blocks of our own services, and of what they share. */
const OUR_BLOCKS = () => [
  ...blockOf(COMPOSE, /^x-purser:/m),
  ...['migrate', 'worker', 'api'].flatMap((name) =>
    blockOf(COMPOSE, new RegExp(`^  ${name}:`, 'm')),
  ),
];

describe('.env.example', () => {
  it('names every setting with its default, in the order of the schema', () => {
    const lines = readRepositoryFile('.env.example')
      .split('\n')
      .filter((line) => /^[A-Z]/.test(line));
    expect(lines).toEqual(SETTINGS.map(({ name, fallback }) => `${name}=${fallback ?? ''}`));
  });

  it('loads unchanged, and states only the defaults', () => {
    const env = Object.fromEntries(
      readRepositoryFile('.env.example')
        .split('\n')
        .filter((line) => /^[A-Z]/.test(line))
        .map((line) => line.split(/=(.*)/s).slice(0, 2)),
    ) as Record<string, string>;
    expect(loadConfig(env)).toEqual(loadConfig({}));
  });
});

describe('docs/settings.md', () => {
  it('shows every setting as the schema has it', () => {
    const [, ...rows] = readTable(readRepositoryFile('docs/settings.md'), '## Variables');
    expect(rows).toEqual(
      SETTINGS.map(({ name, fallback, description }) => [
        `\`${name}\``,
        fallback === null ? '–' : `\`${fallback}\``,
        description,
      ]),
    );
  });
});

describe('docker-compose.yml', () => {
  it('gives our processes only settings that exist', () => {
    const ours = OUR_BLOCKS()
      .map((line) => /^ +([A-Z][A-Z0-9_]+):/.exec(line)?.[1])
      .filter((name) => name !== undefined)
      .map(withoutFile);
    expect(ours.length).toBeGreaterThan(10);
    const known = new Set([...SETTINGS.map(({ name }) => name), 'BANK_WEBHOOK_SECRET_NEXT']);
    expect(ours.filter((name) => !known.has(name))).toEqual([]);
  });

  it('passes every setting that has a meaning there, with the default that it has elsewhere', () => {
    const passed = new Map(
      blockOf(COMPOSE, /^  environment: &purser-environment/m).flatMap((line) => {
        const [, name = '', value = ''] = /^ +([A-Z][A-Z0-9_]+): (.*)$/.exec(line) ?? [];
        return name === '' ? [] : [[withoutFile(name), value] as const];
      }),
    );
    const wanted = SETTINGS.filter(({ name }) => !NOT_IN_COMPOSE.has(name));
    // Not a setting of its own: the secret that comes next.
    expect(passed.delete('BANK_WEBHOOK_SECRET_NEXT')).toBe(true);
    expect([...passed.keys()]).toEqual(wanted.map(({ name }) => name));
    const others = wanted
      .map(({ name, fallback }) => ({ name, fallback, value: passed.get(name) ?? '' }))
      .filter(({ name, value }) => value.startsWith(`\${${name}:-`))
      .filter(({ name, fallback, value }) => value !== `\${${name}:-${fallback ?? ''}}`);
    // The namespace is one of its own there, not the one that Temporal makes for everybody.
    expect(others.map(({ name }) => name)).toEqual(['TEMPORAL_NAMESPACE']);
  });

  it('states in its env example what it uses without one', () => {
    const taken = [...COMPOSE.matchAll(/\$\{([A-Z0-9_]+):-([^}]*)\}/g)];
    const lines = COMPOSE_ENV.split('\n');
    const missing = taken.map(([, name, value]) => `${name}=${value}`);
    expect(missing.filter((line) => !lines.includes(line))).toEqual([]);
  });

  it('needs exactly the settings of its env example', () => {
    const asked = [...COMPOSE.matchAll(/\$\{([A-Z0-9_]+)/g)].map(([, name]) => name);
    const offered = [...COMPOSE_ENV.matchAll(/^([A-Z0-9_]+)=/gm)].map(([, name]) => name);
    expect([...new Set(asked)].sort()).toEqual([...offered].sort());
  });

  it('keeps every secret in a file, and none in the environment of a container', () => {
    const inEnvironment = [...COMPOSE.matchAll(/^ +([A-Z][A-Z0-9_]+): (.*)$/gm)].filter(
      ([, name = '', value = '']) =>
        (isSecretName(name) || /PASSWORD|_PWD/.test(name)) &&
        !name.endsWith('_FILE') &&
        !/^postgresql:\/\/[a-z_]+@/.test(value),
    );
    expect(inEnvironment.map(([line]) => line)).toEqual([]);
    const declared = blockOf(COMPOSE, /^secrets:/m).flatMap((line) => {
      const [, name, file] =
        /^  ([a-z_]+): \{ file: \.\/docker\/secrets\/([a-z_]+) \}$/.exec(line) ?? [];
      return name === undefined ? [] : [{ name, file }];
    });
    expect(declared.filter(({ file, name }) => file !== name)).toEqual([]);
    const made = readRepositoryFile('docker/make-secrets.sh');
    const used = new Set(
      [...COMPOSE.matchAll(/\/run\/secrets\/([a-z_]+)/g)].map(([, name]) => name),
    );
    for (const { name } of declared) expect(made).toContain(name);
    for (const name of used) expect(declared.map((each) => each.name)).toContain(name);
    expect(readRepositoryFile('.gitignore')).toContain('docker/secrets/');
  });

  it('runs Purser without rights that it does not need', () => {
    const shared = blockOf(COMPOSE, /^x-purser:/m).join('\n');
    for (const line of ['read_only: true', 'tmpfs:', 'mem_limit:', '<<: [*hardened, *logs]'])
      expect(shared).toContain(line);
    const hardened = blockOf(COMPOSE, /^x-hardened:/m).join('\n');
    expect(hardened).toContain('cap_drop: [ALL]');
    expect(hardened).toContain('no-new-privileges:true');
    expect(blockOf(COMPOSE, /^x-logs:/m).join('\n')).toContain('max-size');
    const image = readRepositoryFile('Dockerfile');
    expect(image).toContain('USER node');
    expect(image).toContain('ca-certificates');
  });

  it('rotates the log of every service, and asks each process of ours whether it is ready', () => {
    const services = blockOf(COMPOSE, /^services:/m).filter((line) => /^  [a-z-]+:$/.test(line));
    const merged = COMPOSE.match(/<<: (?:\*logs|\[\*hardened, \*logs\]|\*purser)$/gm) ?? [];
    // The shared block of Purser itself is one more.
    expect(merged.length).toBe(services.length + 1);
    for (const name of ['worker', 'api'])
      expect(blockOf(COMPOSE, new RegExp(`^  ${name}:`, 'm')).join('\n')).toContain(
        '/health/ready',
      );
  });

  it('passes a field map and the secrets of further accounts from one folder', () => {
    expect(COMPOSE).toContain('./docker/bank:/etc/purser/bank:ro');
    expect(COMPOSE).toMatch(/env_file:\n +- path: \.\/docker\/bank\/bank\.env\n +required: false/);
    const names = [
      ...readRepositoryFile('docker/bank/bank.env.example').matchAll(/^# ([A-Z_]+)_FILE=/gm),
    ];
    expect(names.length).toBeGreaterThan(1);
    for (const [, name = ''] of names) expect(isSecretName(name)).toBe(true);
  });

  it('pins every image by version, and starts no image that sets itself up', () => {
    const images = [...COMPOSE.matchAll(/^ +image: (.+)$/gm)].map(([, image]) => image ?? '');
    expect(images.length).toBeGreaterThan(5);
    expect(images.filter((image) => !/:\d+\.\d+(\.\d+)?(-[a-z0-9.]+)?$/.test(image))).toEqual([]);
    expect(images.filter((image) => image.includes('auto-setup'))).toEqual([]);
  });

  it('gives the build of the image each file that the build copies', () => {
    const copied = [...readRepositoryFile('cli/build.mjs').matchAll(/cpSync\('([^']+)'/g)].map(
      ([, file]) => file ?? '',
    );
    const lines = readRepositoryFile('.dockerignore').split('\n');
    const isIgnored = (file: string) =>
      !lines.includes(`!${file}`) &&
      lines.some((line) => line === file.split('/')[0] || line === `${file.split('/')[0]}/*`);
    expect(copied).toContain('docs/errors.md');
    expect(copied.filter(isIgnored)).toEqual([]);
  });

  it('runs the image of this version, and the image says which version it is', () => {
    const { version } = JSON.parse(readRepositoryFile('package.json')) as { version: string };
    expect(COMPOSE).toContain(`image: purser:${version}\n`);
    expect(readRepositoryFile('Dockerfile')).toContain(
      `org.opencontainers.image.version="${version}"`,
    );
  });

  it('gives a worker more time to stop than the worker needs at most', () => {
    expect(COMPOSE).toContain('stop_grace_period: 45s');
    expect(readRepositoryFile('worker/create-worker.ts')).toContain(`shutdownForceTime: '30s'`);
  });

  it('registers the search attributes of the workflows, with the same types', async () => {
    const { SEARCH_ATTRIBUTES } = await import('../../workflows/contract.ts');
    const script = readRepositoryFile('docker/temporal-namespace.sh');
    const added = [...script.matchAll(/\badd ([A-Za-z]+) (Keyword|Datetime)\b/g)];
    expect(Object.fromEntries(added.map(([, name, type]) => [name, type]))).toEqual(
      SEARCH_ATTRIBUTES,
    );
  });
});

/** The lines of a YAML key and of what is below it. */
function blockOf(yaml: string, key: RegExp): readonly string[] {
  const start = key.exec(yaml)?.index ?? yaml.length;
  const [head = '', ...rest] = yaml.slice(start).split('\n');
  const indent = head.length - head.trimStart().length;
  const end = rest.findIndex(
    (line) => line.trim() !== '' && line.length - line.trimStart().length <= indent,
  );
  return rest.slice(0, end === -1 ? rest.length : end);
}
