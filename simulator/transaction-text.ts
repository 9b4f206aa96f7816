import { jsonObject } from './json-text.ts';
import type { BankLine } from './line.ts';
import type { Options } from './options.ts';
import { JSON_DIALECTS } from './protocols/json-dialects.ts';

/** `pointer`: the bank announces that something happened, but not what. */
export type EventKind = 'booked' | 'reversed' | 'pointer';

/**
 * The event for one line, with rows in the bank's dialect. It has no balance, which later lines could still change; a
 * pointer names the event, so that no two are equal.
 */
export function eventText(
  accountId: string,
  line: BankLine,
  kind: EventKind,
  dialect: Options['jsonDialect'],
): string {
  const account = ['accountId', JSON.stringify(accountId)] as const;
  if (kind === 'pointer') {
    return jsonObject([
      ['type', '"transaction.created"'],
      account,
      ['eventId', JSON.stringify(`E${line.key}`)],
    ]);
  }
  const row = JSON_DIALECTS[dialect].row(
    { line, balanceMinor: null },
    { id: line.id, amountsAsNumbers: false },
  );
  return jsonObject([
    ['type', JSON.stringify(`transaction.${kind}`)],
    account,
    ['transaction', row],
  ]);
}
