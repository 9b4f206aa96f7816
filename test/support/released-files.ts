/** Hashes by file name, such as `baseline/01_roles.sql`. */
export type Hashes = ReadonlyMap<string, string>;

const LINE = /^([0-9a-f]{64})  (\S+)$/;

/** Reads the output of `sha256sum`. */
export function parseReleased(text: string): Hashes {
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [, hash, name] = LINE.exec(line) ?? [];
        if (hash === undefined || name === undefined)
          throw new Error(`released.sha256 has a line that sha256sum does not write: ${line}`);
        return [name, hash];
      }),
  );
}

/** The faults of a version's files, given the list of the last release; null if there was no release. */
export function releaseFaults(
  version: string,
  found: Hashes,
  released: Hashes | null,
): readonly string[] {
  if (released === null) {
    if (isReleased(version)) return [`version ${version} has no db/released.sha256`];
    return [...found.keys()].flatMap((name) =>
      name.startsWith('migrations/') ? [`${name}: edit the baseline until 0.1.0`] : [],
    );
  }
  const joined = [...found.keys()].filter(
    (name) => name.startsWith('baseline/') && !released.has(name),
  );
  return [
    ...joined.map((name) => `${name} joined a released baseline`),
    ...[...released].flatMap(([name, hash]) =>
      found.get(name) === hash ? [] : [`${name} was changed after its release`],
    ),
  ];
}

/** True for version 0.1.0 or later; a prerelease such as 0.1.0-alpha does not count. */
function isReleased(version: string): boolean {
  const [numbers = '', pre] = version.split('-');
  const [major = 0, minor = 0] = numbers.split('.').map(Number);
  return major > 0 || minor > 1 || (minor === 1 && (pre === undefined || !numbers.endsWith('.0')));
}
