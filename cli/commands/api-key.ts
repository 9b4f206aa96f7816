import { InvalidArgumentError, Option, type Command } from 'commander';
import { createApiKey } from '../../api/auth/api-keys.ts';
import { writeAs } from '../../app/write-as.ts';
import { isScope, SCOPES, type Scope } from '../../api/auth/scopes.ts';
import { SYSTEM_ACTOR } from '../../db/queries/audit.ts';
import { CodedError } from '../../domain/errors.ts';
import { runningContext, withDatabase } from '../environment.ts';
import { createTerminal, toJson } from '../terminal.ts';

interface ApiKeyOptions {
  readonly name: string;
  readonly owner: 'service' | 'person';
  readonly person?: string;
  readonly scopes: readonly Scope[];
  readonly json?: true;
}

export function addApiKey(program: Command): void {
  program
    .command('api-key')
    .description('create an API key; it is shown only once')
    .requiredOption('--name <name>', 'name of the key')
    .addOption(
      new Option('--owner <kind>', 'whose key it is; only a person may decide reviews')
        .choices(['service', 'person'])
        .default('service'),
    )
    .option(
      '--person <name>',
      'the person who holds the key; give all keys of a person the same name (default: the name of the key)',
    )
    .requiredOption(
      '--scopes <list>',
      `what the key may do, comma-separated: ${SCOPES.join(', ')}`,
      readScopes,
    )
    .option('--json', 'print one JSON object')
    .action(async (options: ApiKeyOptions) => {
      const { config } = runningContext();
      const pepper = config.API_KEY_PEPPER;
      if (pepper === undefined)
        throw new CodedError(
          'config.invalid',
          'Set API_KEY_PEPPER to create a key; it must be the one that the API runs with.',
        );
      const made = await withDatabase(config, ({ db }) =>
        writeAs(db, { actor: SYSTEM_ACTOR, why: 'created with purser api-key' }, (tx) =>
          createApiKey(tx, {
            name: options.name,
            ownerKind: options.owner,
            ...(options.person === undefined ? {} : { person: options.person }),
            scopes: options.scopes,
            pepper,
            deployment: config.DEPLOYMENT,
          }),
        ),
      );
      createTerminal().print(
        options.json
          ? toJson(made)
          : `${made.key}\nStore it now: Purser keeps only a hash and cannot show it again.`,
      );
    });
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
