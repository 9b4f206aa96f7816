import { Option, type Command } from 'commander';
import { toStory } from '../../api/outputs/deposit-story.ts';
import { tellDeposit } from '../../api/outputs/narrative.ts';
import { readStory } from '../../app/decide/suggest-wallets.ts';
import type { DepositStory } from '../../db/queries/deposit-story.ts';
import { findDeposit, type Deposit } from '../../db/queries/deposits-read.ts';
import type { Database } from '../../db/client.ts';
import { readSnapshot } from '../../db/read-snapshot.ts';
import { CodedError } from '../../domain/errors.ts';
import { printLocalTime } from '../../domain/local-date.ts';
import { runningContext, withDatabase } from '../environment.ts';
import { createTerminal, toJson } from '../terminal.ts';

interface StoryOptions {
  readonly json?: true;
  readonly markdown?: true;
}

export function addStory(program: Command): void {
  program
    .command('story')
    .description('print the whole history of a deposit')
    .argument('<deposit>', 'id of the deposit (dep_…)')
    .addOption(new Option('--json', 'print one JSON object').conflicts('markdown'))
    .option('--markdown', 'print Markdown, to paste into a ticket')
    .action(async (depositId: string, options: StoryOptions) => {
      const { config } = runningContext();
      const { deposit, story } = await withDatabase(config, ({ db }) => find(db, depositId));
      createTerminal().print(
        options.json
          ? toJson(toStory(deposit, story))
          : print(tellDeposit(deposit, story), options.markdown === true),
      );
    });
}

/** One snapshot for both reads: a deposit that changes in between would contradict its own story. */
async function find(
  db: Database,
  depositId: string,
): Promise<{ readonly deposit: Deposit; readonly story: DepositStory }> {
  const [deposit, story] = await readSnapshot(
    db,
    async (tx) => [await findDeposit(tx, depositId), await readStory(tx, depositId)] as const,
  );
  if (deposit === null || story === null)
    throw new CodedError(
      'deposit.not_found',
      `Deposit not found: ${depositId}. \`GET /v1/deposits\` lists deposits.`,
    );
  return { deposit, story };
}

function print(story: ReturnType<typeof tellDeposit>, isMarkdown: boolean): string {
  const { heading, timeZone, lines } = story;
  const zone = `All times are ${timeZone}.`;
  const rows = lines.map(({ at, text }) => ({ at: printLocalTime(at, timeZone), text }));
  return isMarkdown
    ? [`# ${escape(heading)}`, '', zone, '', ...rows.map(asItem)].join('\n')
    : [heading, zone, '', ...rows.map(({ at, text }) => `${at}  ${text}`)].join('\n');
}

function asItem({ at, text }: { readonly at: string; readonly text: string }): string {
  return `- **${at}** ${escape(text)}`;
}

/** A payer's text must stay text in Markdown, too. */
function escape(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>|#~]/g, '\\$&');
}
