/** How much an alert asks for: `critical` now, `warning` today. */
export type AlertSeverity = 'warning' | 'critical';

/** What an alert says, and the section of docs/runbook.md that says what to do. */
export interface AlertWords {
  readonly severity: AlertSeverity;
  readonly sentence: string;
  readonly section: string;
}

/** Every kind of alert. */
export const ALERT_WORDS = {
  account_unread: critical(
    'No read of the account has succeeded for three intervals.',
    'An account is not read',
  ),
  audit_unsealed: critical(
    'Rows of the audit trail have waited over an hour for their seal.',
    'The audit trail is not sealed',
  ),
  balance_differs: critical(
    'The ledger differs from the balance that the bank states.',
    'The ledger differs from the bank',
  ),
  balance_gap: warning(
    'The balances beside the bank’s rows leave out a line.',
    'The ledger differs from the bank',
  ),
  bank_silent: warning(
    'The bank has shown no new line for longer than it ever does.',
    'The bank shows nothing new',
  ),
  consent_ending: warning(
    'The bank’s consent or credential ends within two weeks, or has ended.',
    'The bank’s consent ends',
  ),
  decision_stuck: critical(
    'A decision was approved and is not carried out.',
    'A decision is not carried out',
  ),
  deposit_stuck: critical(
    'A deposit has waited over five minutes in captured.',
    'A deposit is stuck in `captured`',
  ),
  gate_closed: warning('A gate is closed: nothing is credited behind it.', 'A gate is closed'),
  line_changed: warning(
    'The bank changed or removed a line after it was captured.',
    'The bank changed a line',
  ),
  reversal_unpaired: warning(
    'A debit may take a deposit back, and a person must say which.',
    'The bank changed a line',
  ),
  review_escalated: warning(
    'A review has waited so long that it was escalated.',
    'A review is overdue',
  ),
  review_overdue: warning('A review has passed its deadline.', 'A review is overdue'),
  rows_unreadable: warning(
    'The bank sent rows that cannot be read.',
    'The bank sends what Purser cannot read',
  ),
  run_failed: critical(
    'A read of the account failed for a reason that waiting does not end.',
    'The bank refuses us',
  ),
  schedule_paused: warning(
    'The Schedule that reads the account is paused or missing.',
    'An account is not read',
  ),
  statement_gap: warning(
    'A statement is missing: the last one does not continue the one before it.',
    'A statement waits',
  ),
  statement_held: warning('A statement file contradicts itself and is held.', 'A statement waits'),
  statement_stuck: critical(
    'A statement file was received and is not read.',
    'A statement file stays `received`',
  ),
  unknown_fields: warning(
    'The bank sends fields that Purser does not read.',
    'The bank sends what Purser cannot read',
  ),
  verify_late: warning('`purser verify` has not run for over a day.', 'Verify is late'),
  verify_red: critical('`purser verify` found a broken row.', 'Verify is broken'),
  webhook_refused: warning(
    'Webhooks of the account were refused again and again.',
    'The bank’s webhooks are refused',
  ),
  webhook_stuck: critical(
    'Stored webhooks have waited over two minutes for the worker.',
    'A worker is down',
  ),
  worker_silent: critical('No worker has given a sign of life.', 'A worker is down'),
  workflow_wedged: critical(
    'A workflow fails again and again, and goes on no more.',
    'A workflow is wedged',
  ),
} as const satisfies Readonly<Record<string, AlertWords>>;

export type AlertKind = keyof typeof ALERT_WORDS;

export const ALERT_KINDS = Object.keys(ALERT_WORDS) as readonly AlertKind[];

/** What the standing alerts say of the service as a whole. */
export type Verdict = 'ok' | AlertSeverity;

export function verdictOf(standing: readonly AlertKind[]): Verdict {
  const severities = new Set(standing.map((kind) => ALERT_WORDS[kind].severity));
  if (severities.has('critical')) return 'critical';
  return severities.has('warning') ? 'warning' : 'ok';
}

function critical(sentence: string, section: string): AlertWords {
  return { severity: 'critical', sentence, section };
}

function warning(sentence: string, section: string): AlertWords {
  return { severity: 'warning', sentence, section };
}

/** An alert, as a process announces it. */
export interface AlertNews {
  readonly kind: AlertKind;
  readonly subject: string;
  readonly accountKey: string | null;
  readonly code: string | null;
  readonly example: string | null;
  readonly count: number;
}

/** What a line of the log says of an alert. */
export function alertSentence({ kind }: Pick<AlertNews, 'kind'>): string {
  return ALERT_WORDS[kind].sentence;
}

/** The fields of that line: names, codes, ids and counts only. */
export function alertFacts({ accountKey, code, count, example, kind, subject }: AlertNews) {
  return {
    alert: kind,
    severity: ALERT_WORDS[kind].severity,
    subject,
    ...(accountKey === null ? {} : { accountKey }),
    ...(code === null ? {} : { code }),
    ...(example === null ? {} : { example }),
    count,
  };
}

/** A condition that only Temporal states. */
export interface ServiceReport {
  readonly kind: AlertKind;
  readonly subject: string;
  readonly accountKey: string | null;
  readonly example: string | null;
  readonly count: number;
}
