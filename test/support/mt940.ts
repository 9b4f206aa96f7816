/** An MT940 of one day in rand, opening at R100.00 and closing as its credits say. */
export function mt940(
  entries: readonly { readonly minor: number; readonly text: string }[],
  given: { readonly day: string; readonly account?: string; readonly id?: string },
): Uint8Array {
  const day = given.day.slice(2).replaceAll('-', '');
  const comma = (minor: number) =>
    `${Math.trunc(minor / 100)},${String(minor % 100).padStart(2, '0')}`;
  const closing = entries.reduce((sum, { minor }) => sum + minor, 10_000);
  return Buffer.from(
    [
      `:20:${given.id ?? 'M1'}`,
      `:25:${given.account ?? '62000000001'}`,
      ':28C:1/1',
      `:60F:C${day}ZAR100,00`,
      ...entries.flatMap(({ minor, text }) => [
        `:61:${day}${day.slice(2)}C${comma(minor)}NTRFNONREF`,
        `:86:${text}`,
      ]),
      `:62F:C${day}ZAR${comma(closing)}`,
      '-',
      '',
    ].join('\r\n'),
  );
}
