/** Options that an admin may change while the bank runs. */
export interface Options {
  readonly pageSize: number;
  /** The json protocol writes amounts as JSON numbers instead of strings. */
  readonly amountsAsNumbers: boolean;
  /** False: every new read of the json protocol, from its page 1 on, shows different ids. */
  readonly idsStable: boolean;
  /** `auto`: sends each newly booked line automatically. */
  readonly webhooks: 'off' | 'auto';
  readonly webhookUrl: string | null;
  /** Investec: rows carry their order and uuid, an order that is still 0, or neither field as before 2024. */
  readonly postedOrder: 'final' | 'zero' | 'absent';
  readonly tokenLifetimeSeconds: number;
  readonly expiresInAs: 'string' | 'number';
  /** Investec: the list of pending rows is named as in the bank's schema or as in its example. */
  readonly pendingEnvelope: 'schema' | 'example';
  /** Dialect of the json protocol. */
  readonly jsonDialect: 'default' | 'standard-bank' | 'fnb';
  /** Berlin Group: for `unsigned` amounts the named party gives the direction. */
  readonly berlinAmounts: 'signed' | 'unsigned';
  readonly berlinBody: 'json' | 'camt052' | 'mt940';
  readonly webhookSignature: 'standard' | 'hex';
  readonly webhookHexHeader: string;
  /** Null signs the body alone. */
  readonly webhookHexTimestampHeader: string | null;
  readonly webhookHexPrefix: '' | 'sha256=';
  readonly webhookEvents: 'full' | 'pointer';
}

export interface OptionsHolder {
  current(): Options;
  change(changes: Partial<Options>): Options;
  reset(): void;
}

export function createOptions(pageSize: number, webhookUrl: string | null): OptionsHolder {
  const initial: Options = {
    pageSize,
    amountsAsNumbers: false,
    idsStable: true,
    webhooks: 'off',
    webhookUrl,
    postedOrder: 'final',
    tokenLifetimeSeconds: 1_799,
    expiresInAs: 'string',
    pendingEnvelope: 'schema',
    jsonDialect: 'default',
    berlinAmounts: 'signed',
    berlinBody: 'json',
    webhookSignature: 'standard',
    webhookHexHeader: 'x-signature',
    webhookHexTimestampHeader: null,
    webhookHexPrefix: '',
    webhookEvents: 'full',
  };
  let options = initial;
  return {
    current: () => options,
    change: (changes) => (options = { ...options, ...changes }),
    reset: () => {
      options = initial;
    },
  };
}
