import type { ErrorCode } from '../errors.ts';

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/** How long each condition may last before it is an alert, in seconds. */
export const ALERT_AFTER_S = {
  /** An approved decision that is not carried out. */
  decisionApproved: MINUTE_S,
  /** A deposit that is captured and not decided. */
  depositCaptured: 5 * MINUTE_S,
  /** A row of the audit trail without its seal. */
  auditUnsealed: HOUR_S,
  /** A stored webhook that no worker took. */
  webhookStored: 2 * MINUTE_S,
  /** A received statement file that is not read. */
  statementReceived: 10 * MINUTE_S,
  /** A worker without a sign of life. */
  workerSilent: MINUTE_S,
  /** `verify` that did not run: a night, and two hours for a late start. */
  verifyRun: DAY_S + 2 * HOUR_S,
  /** What Temporal stated and no worker repeats: it says nothing any more. */
  temporalReport: 10 * MINUTE_S,
} as const;

/** An account is unread after this many intervals without a read that succeeded, and after this many seconds at least. */
export const UNREAD_AFTER = { intervals: 3, secondsMin: MINUTE_S } as const;

/** The interval of reads while no worker has said its own. */
export const USUAL_INTERVAL_S = 5 * MINUTE_S;

/** A consent or credential that ends within this many days. */
export const CONSENT_DAYS = 14;

/** A field that Purser does not read is told for this many days. */
export const UNKNOWN_FIELD_DAYS = 7;

/** So many refused webhooks within about an hour are more than chance. */
export const REFUSED_WEBHOOKS_MIN = 10;

/**
 * A bank is silent after `times` the longest pause of the last `days` days between two days with new lines, once
 * `activeDaysMin` such days are known.
 */
export const BANK_SILENT = { days: 60, times: 2, activeDaysMin: 10 } as const;

/** Codes of failed reads that waiting does not mend. All others are told when no read has succeeded for a while. */
export const CODES_FOR_PEOPLE = [
  'account.known',
  'account.not_found',
  'account.other_lines',
  'account.setting_refused',
  'bank.unauthorized',
  'config.invalid',
] as const satisfies readonly ErrorCode[];
