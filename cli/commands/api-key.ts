import { InvalidArgumentError, Option, type Command } from 'commander';
import { createApiKey, rotateApiKey, type MadeKey } from '../../api/auth/api-keys.ts';
import { writeAs } from '../../app/write-as.ts';
import { isScope, SCOPES, type Scope } from '../../api/auth/scopes.ts';
import type { Transaction } from '../../db/client.ts';
import {
  listApiKeys,
  markApiKeyRevoked,
  setApiKeyEnd,
  type ShownApiKey,
} from '../../db/queries/api-keys.ts';
import { SYSTEM_ACTOR } from '../../db/queries/audit.ts';
import { CodedError } from '../../domain/errors.ts';
import { runningContext, withDatabase } from '../environment.ts';
import { createTerminal, toJson } from '../terminal.ts';

interface ApiKeyOptions {
  readonly name?: string;
  readonly owner: 'service' | 'person';
  readonly person?: string;
  readonly caller?: string;
  readonly bankAccount?: readonly string[];
  readonly ownWallets?: true;
  readonly scopes?: readonly Scope[];
  readonly json?: true;
}

const HOUR_MS = 3_600_000;

export function addApiKey(program: Command): void {
  const apiKey = program
    .command('api-key')
    .description(
      'create an API key, which is shown only once, or list, rotate, revoke or expire keys',
    )
    .option('--name <name>', 'name of the key')
    .addOption(
      new Option('--owner <kind>', 'whose key it is; only a person may decide reviews')
        .choices(['service', 'person'])
        .default('service'),
    )
    .option(
      '--person <name>',
      'the person who holds the key; give all keys of a person the same name (default: the name of the key)',
    )
    .option(
      '--caller <name>',
      'the service that calls; its keys share answers under an Idempotency-Key, and wallets (default: the name of the key)',
    )
    .option(
      '--bank-account <key>',
      'bind a service’s key to this bank account; repeat it for more',
      (account: string, others: readonly string[]) => [...others, account],
      [],
    )
    .option('--own-wallets', 'bind a service’s key to the wallets that its caller created')
    .option(
      '--scopes <list>',
      `what the key may do, comma-separated: ${SCOPES.join(', ')}`,
      readScopes,
    )
    .option('--json', 'print one JSON object')
    .action((options: ApiKeyOptions) => create(options));
  apiKey
    .command('list')
    .description('list every key with its holder, its scopes, its last use and its end')
    .option('--json', 'print one JSON object')
    .action((_options: unknown, command: Command) => list(command.optsWithGlobals()));
  apiKey
    .command('rotate <key>')
    .description(
      'make the next key of the same caller, with the same scopes, and let the old one end',
    )
    .option('--grace-hours <hours>', 'how long the old key still works', readHours, 24)
    .requiredOption('--reason <text>', 'why; kept in the audit trail')
    .option('--json', 'print one JSON object')
    .action((key: string, _options: unknown, command: Command) =>
      rotate(key, command.optsWithGlobals()),
    );
  apiKey
    .command('revoke <key>')
    .description('end a key for good, everywhere within five seconds')
    .requiredOption('--reason <text>', 'why; kept in the audit trail')
    .action((key: string, { reason }: { reason: string }) =>
      change(key, reason, (tx, id) => markApiKeyRevoked(tx, id), 'is revoked'),
    );
  apiKey
    .command('expire <key>')
    .description('set when a key ends')
    .requiredOption('--at <instant>', 'when, such as 2027-01-31T00:00:00Z', readInstant)
    .requiredOption('--reason <text>', 'why; kept in the audit trail')
    .action((key: string, { at, reason }: { at: Date; reason: string }) =>
      change(key, reason, (tx, id) => setApiKeyEnd(tx, id, at), `ends at ${at.toISOString()}`),
    );
}

async function create(options: ApiKeyOptions): Promise<void> {
  const { name, scopes } = options;
  if (name === undefined || scopes === undefined)
    throw new CodedError('config.invalid', 'Name the key and its scopes: --name … --scopes …');
  const { config, maker } = keyMaker();
  const made = await withDatabase(config, ({ db }) =>
    writeAs(db, { actor: SYSTEM_ACTOR, why: 'created with purser api-key' }, (tx) =>
      createApiKey(tx, {
        ...{ name, scopes, ...maker },
        ownerKind: options.owner,
        ...(options.person === undefined ? {} : { person: options.person }),
        ...(options.caller === undefined ? {} : { caller: options.caller }),
        boundAccounts: options.bankAccount ?? [],
        ownWallets: options.ownWallets === true,
      }),
    ),
  );
  show(made, options.json);
}

async function rotate(
  key: string,
  options: { readonly graceHours: number; readonly reason: string; readonly json?: true },
): Promise<void> {
  const { config, maker } = keyMaker();
  const now = new Date();
  const oldEndsAt = new Date(now.getTime() + options.graceHours * HOUR_MS);
  const made = await withDatabase(config, ({ db }) =>
    writeAs(db, { actor: SYSTEM_ACTOR, why: options.reason }, (tx) =>
      rotateApiKey(tx, maker, { id: idOf(key), now, oldEndsAt }),
    ),
  );
  if (made === null) throw unknownKey();
  show(made, options.json);
}

function keyMaker() {
  const { config } = runningContext();
  const pepper = config.API_KEY_PEPPER;
  if (pepper === undefined)
    throw new CodedError(
      'config.invalid',
      'Set API_KEY_PEPPER to create a key; it must be the one that the API runs with.',
    );
  return { config, maker: { pepper, deployment: config.DEPLOYMENT } };
}

function show(made: MadeKey, json?: true): void {
  createTerminal().print(
    json
      ? toJson(made)
      : `${made.key}\nStore it now: Purser keeps only a hash and cannot show it again.`,
  );
}

async function list({ json }: { readonly json?: true }): Promise<void> {
  const keys = await withDatabase(runningContext().config, ({ db }) => listApiKeys(db));
  createTerminal().print(json ? toJson({ keys }) : keys.map(printKey).join('\n') || 'No keys.');
}

function printKey(key: ShownApiKey): string {
  const { expiresAt, id, lastUsedAt, name, person, revokedAt, scopes } = key;
  const holder = person ?? (key.caller === name ? 'a service' : `the service ${key.caller}`);
  const end =
    revokedAt !== null
      ? `revoked ${revokedAt.toISOString()}`
      : expiresAt === null
        ? 'no end'
        : `ends ${expiresAt.toISOString()}`;
  const used = lastUsedAt === null ? 'never used' : `last used ${lastUsedAt.toISOString()}`;
  const bounds = [
    ...(key.boundAccounts === null ? [] : [`bank accounts ${key.boundAccounts.join(', ')}`]),
    ...(key.ownWallets ? ['its own wallets'] : []),
  ];
  const only = bounds.length === 0 ? '' : `\n  only ${bounds.join(' and ')}`;
  return `${id}   ${name}   ${holder}   ${used}   ${end}\n  ${scopes.join(', ')}${only}`;
}

async function change(
  key: string,
  why: string,
  work: (tx: Transaction, id: string) => Promise<boolean>,
  done: string,
): Promise<void> {
  const id = idOf(key);
  const isDone = await withDatabase(runningContext().config, ({ db }) =>
    writeAs(db, { actor: SYSTEM_ACTOR, why }, (tx) => work(tx, id)),
  );
  if (!isDone) throw unknownKey();
  createTerminal().print(`${id} ${done}.`);
}

/** @param key the key's id, or the key itself, whose secret is not looked at */
function idOf(key: string): string {
  const [, digits] = /^(?:key_|purser_(?:trial|production)_)([0-9a-f]{32})/.exec(key) ?? [];
  return `key_${digits ?? ''}`;
}

function unknownKey(): CodedError {
  return new CodedError(
    'api_key.not_found',
    'No key that is in force has this id: see `purser api-key list`.',
  );
}

function readHours(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Not a number of hours.');
}

function readInstant(text: string): Date {
  const at = new Date(text);
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text) || Number.isNaN(at.getTime()))
    throw new InvalidArgumentError('Not an instant such as 2027-01-31T00:00:00Z.');
  return at;
}

function readScopes(list: string): readonly Scope[] {
  const scopes = list.split(',').map((scope) => scope.trim());
  const unknown = scopes.find((scope) => !isScope(scope));
  if (unknown !== undefined)
    throw new InvalidArgumentError(
      `Unknown scope ${unknown}. The scopes are: ${SCOPES.join(', ')}.`,
    );
  return scopes.filter(isScope);
}
