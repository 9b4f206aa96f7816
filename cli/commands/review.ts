import { Option, type Command } from 'commander';
import { CodedError } from '../../domain/errors.ts';
import { askApi, type ApiRequest } from '../api-client.ts';
import { createTerminal, toJson } from '../terminal.ts';
import { addCreditShadow } from './review-shadow.ts';

interface DecideOptions {
  readonly credit?: string;
  readonly return?: true;
  readonly payer?: readonly string[];
  readonly dismiss?: true;
  readonly keep?: string;
  readonly correct?: string;
  readonly reason: string;
}

/** Decisions of people, through the API: PURSER_API_KEY identifies the person. Answers are the JSON of the API. */
export function addReview(program: Command): void {
  const review = program.command('review').description('decide, approve and reject as a person');
  review
    .command('decide <deposit>')
    .description('propose a decision on a deposit; small credits take effect at once')
    .addOption(
      new Option('--credit <code>', 'credit the wallet with this customer code').conflicts([
        'return',
        'dismiss',
        'keep',
        'correct',
      ]),
    )
    .addOption(new Option('--return', 'return the money').conflicts(['dismiss', 'keep', 'correct']))
    .option('--payer <detail...>', 'where to return it: name, bank, branch, account')
    .addOption(
      new Option(
        '--dismiss',
        'dismiss it: not a customer deposit (own transfer, interest)',
      ).conflicts(['keep', 'correct']),
    )
    .addOption(
      new Option('--keep <day>', 'keep it in review until this day (YYYY-MM-DD)').conflicts(
        'correct',
      ),
    )
    .option('--correct <code>', 'move a wrong credit to the wallet with this customer code')
    .requiredOption('--reason <text>', 'reason (kept permanently)')
    .action((deposit: string, options: DecideOptions) => show(decisionOf(deposit, options)));
  review
    .command('decision <decision>')
    .description('show a decision and the hash that you approve it with')
    .action((decision: string) => show({ method: 'GET', path: pathOf('decisions', decision) }));
  review
    .command('approve <decision>')
    .description("approve someone else's proposal")
    .requiredOption('--hash <sha256>', 'payloadSha256 of the decision that you looked at')
    .action((decision: string, options: { readonly hash: string }) =>
      show({
        method: 'POST',
        path: `${pathOf('decisions', decision)}/approve`,
        body: { payloadSha256: options.hash },
      }),
    );
  review
    .command('reject <decision>')
    .description('reject a proposal; the deposit stays in review')
    .requiredOption('--reason <text>', 'reason (kept permanently)')
    .action((decision: string, options: { readonly reason: string }) =>
      show({ method: 'POST', path: `${pathOf('decisions', decision)}/reject`, body: options }),
    );
  addCreditShadow(review);
}

function pathOf(list: 'decisions' | 'deposits' | 'reviews', id: string): string {
  return `/v1/${list}/${encodeURIComponent(id)}`;
}

/** @throws CodedError `request.invalid` if no decision is named, or the four bank details are not complete. */
function decisionOf(deposit: string, options: DecideOptions): ApiRequest {
  const { reason, credit, keep, correct, payer } = options;
  if (correct !== undefined) {
    const path = `${pathOf('deposits', deposit)}/corrections`;
    return { method: 'POST', path, body: { code: correct, reason } };
  }
  const path = `${pathOf('reviews', deposit)}/decisions`;
  const decide = (body: object): ApiRequest => ({ method: 'POST', path, body });
  if (credit !== undefined) return decide({ kind: 'credit', code: credit, reason });
  if (keep !== undefined) return decide({ kind: 'keep', until: keep, reason });
  if (options.dismiss) return decide({ kind: 'dismiss', reason });
  if (options.return) return decide({ kind: 'return', reason, ...readPayer(payer) });
  throw new CodedError(
    'request.invalid',
    'Name the decision: --credit CODE, --return, --dismiss, --keep DAY or --correct CODE.',
  );
}

function readPayer(given: readonly string[] | undefined): object {
  if (given === undefined) return {};
  const [name, bank, branch, account, ...rest] = given;
  if (account !== undefined && rest.length === 0) return { payer: { name, bank, branch, account } };
  throw new CodedError(
    'request.invalid',
    '--payer takes four values: name, bank, branch and account.',
  );
}

async function show(request: ApiRequest): Promise<void> {
  createTerminal().print(toJson(JSON.parse(await askApi(request))));
}
