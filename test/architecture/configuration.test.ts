import { describe, expect, it } from 'vitest';
import { configSchema, loadConfig } from '../../config.ts';
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
  // Temporal is the one beside it.
  'TEMPORAL_API_KEY',
  'TEMPORAL_TLS',
  // No embedded server starts.
  'PURSER_DATA_DIR',
  // The image has its own.
  'WORKFLOW_BUNDLE',
  // Files on a disk that operators of the database cannot reach: whoever mounts one names it, too.
  'AUDIT_ANCHOR_FILE',
  'AUDIT_SIGNING_KEY_FILE',
  'AUDIT_PUBLIC_KEY_FILE',
]);

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
    const ours = [
      ...blockOf(COMPOSE, /^x-purser:/m),
      ...['migrate', 'worker', 'api'].flatMap((name) => [
        ...blockOf(COMPOSE, new RegExp(`^  ${name}:`, 'm')),
      ]),
    ]
      .map((line) => /^ +([A-Z][A-Z0-9_]+):/.exec(line)?.[1])
      .filter((name) => name !== undefined);
    expect(ours.length).toBeGreaterThan(10);
    const known = new Set(SETTINGS.map(({ name }) => name));
    expect(ours.filter((name) => !known.has(name))).toEqual([]);
  });

  it('passes every setting that has a meaning there, with the default that it has elsewhere', () => {
    const passed = new Map(
      blockOf(COMPOSE, /^  environment: &purser-environment/m).flatMap((line) => {
        const [, name = '', value = ''] = /^ +([A-Z][A-Z0-9_]+): (.*)$/.exec(line) ?? [];
        return name === '' ? [] : [[name, value] as const];
      }),
    );
    const wanted = SETTINGS.filter(({ name }) => !NOT_IN_COMPOSE.has(name));
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
