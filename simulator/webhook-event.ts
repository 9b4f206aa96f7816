import { createHash, createHmac } from 'node:crypto';
import type { BankLine } from './line.ts';
import type { SimulatorSettings } from './settings.ts';
import { bookedEventText } from './transaction-text.ts';

/**
 * `body`: changed after it was signed; `signature`: one character off; `stale`: rightly signed, ten minutes ago;
 * `resigned-body`: another body under the same id, rightly signed.
 */
type Tamper = 'none' | 'body' | 'signature' | 'stale' | 'resigned-body';

export interface Signing {
  readonly tamper: Tamper;
  /** How old the signed timestamp is, in seconds; negative lies in the future. */
  readonly ageSeconds: number;
}

/** The event of one line, signed. Its id follows from the line and what it says, so every try has the same. */
export function signEvent(
  settings: SimulatorSettings,
  line: BankLine,
  { tamper, ageSeconds }: Signing,
): { id: string; headers: Record<string, string>; body: string } {
  const age = tamper === 'stale' ? 600 : ageSeconds;
  const timestamp = (Math.floor(settings.now().getTime() / 1_000) - age).toString();
  const trueBody = bookedEventText(settings.accountId, line);
  const id = `msg_${line.key}_${createHash('sha256').update(trueBody).digest('hex').slice(0, 12)}`;
  const otherBody = bookedEventText(settings.accountId, {
    ...line,
    amountMinor: line.amountMinor + 100_000n,
  });
  const signedBody = tamper === 'resigned-body' ? otherBody : trueBody;
  const key = Buffer.from((settings.webhookSecret ?? '').replace(/^whsec_/, ''), 'base64');
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${signedBody}`).digest('base64');
  const wrongMac = `${mac.startsWith('A') ? 'B' : 'A'}${mac.slice(1)}`;
  return {
    id,
    body: tamper === 'body' ? otherBody : signedBody,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${tamper === 'signature' ? wrongMac : mac}`,
    },
  };
}
