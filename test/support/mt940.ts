export interface Mt940Entry {
  /** Cents; below 0 for a debit. */
  readonly minor: number;
  readonly text: string;
  /** Default: the day of the statement. */
  readonly day?: string;
  /** The bank's own reference. */
  readonly id?: string;
}

/** An MT940 in rand, of one day unless its entries say otherwise, opening at R100.00 or `opening` cents and closing as they say. */
export function mt940(
  entries: readonly Mt940Entry[],
  given: {
    readonly day: string;
    readonly account?: string;
    readonly id?: string;
    readonly opening?: number;
  },
): Uint8Array {
  const short = (day: string) => day.slice(2).replaceAll('-', '');
  const day = short(given.day);
  const comma = (minor: number) =>
    `${Math.trunc(Math.abs(minor) / 100)},${String(Math.abs(minor) % 100).padStart(2, '0')}`;
  const side = (minor: number) => (minor < 0 ? 'D' : 'C');
  const opening = given.opening ?? 10_000;
  const closing = entries.reduce((sum, { minor }) => sum + minor, opening);
  return Buffer.from(
    [
      `:20:${given.id ?? 'M1'}`,
      `:25:${given.account ?? '62000000001'}`,
      ':28C:1/1',
      `:60F:C${day}ZAR${comma(opening)}`,
      ...entries.flatMap(({ minor, text, day: its = given.day, id }) => [
        `:61:${short(its)}${short(its).slice(2)}${side(minor)}${comma(minor)}NTRFNONREF${id === undefined ? '' : `//${id}`}`,
        `:86:${text}`,
      ]),
      `:62F:${side(closing)}${day}ZAR${comma(closing)}`,
      '-',
      '',
    ].join('\r\n'),
  );
}
