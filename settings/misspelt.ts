import { isAccountSecret, isHostVariable } from '../domain/secret-names.ts';

/** Beginnings of names that are ours alone, so that an unknown one is a mistake. */
const OURS = /^(?:API|AUDIT|BANK|DATABASE|PURSER|TEMPORAL|WORKER)_/;
/** Variables that Kubernetes sets for a service called `api`, `temporal` or `database`. */
const OF_KUBERNETES = /_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?)$/;

const DISTANCE_MAX = 2;
/** Shorter names have too many neighbours. */
const COMPARED_LENGTH_MIN = 8;

/**
 * One sentence for each variable that looks like a setting and is none: its name begins as ours do, or differs from one
 * in two characters at most.
 */
export function misspeltFaults(
  names: readonly string[],
  known: ReadonlySet<string>,
): readonly string[] {
  return names
    .filter((name) => !known.has(name) && !OF_KUBERNETES.test(name))
    .flatMap((name) => {
      const near = nearest(name, known);
      if (near !== null) return [`${name}: is no setting: did you mean ${near}?`];
      const isOurs = OURS.test(name) && !isOfAnAccount(name);
      return isOurs ? [`${name}: is no setting; docs/settings.md has them all`] : [];
    });
}

/** Whether a variable holds the secret of an account, names its file, or binds a key to a host. */
function isOfAnAccount(name: string): boolean {
  return isAccountSecret(name.replace(/_FILE$/, '')) || isHostVariable(name);
}

function nearest(name: string, known: ReadonlySet<string>): string | null {
  if (name.length < COMPARED_LENGTH_MIN) return null;
  const candidates = [...known]
    .filter((each) => Math.abs(each.length - name.length) <= DISTANCE_MAX)
    .map((each) => ({ each, distance: distanceOf(name, each) }))
    .filter(({ distance }) => distance <= DISTANCE_MAX)
    .sort((one, other) => one.distance - other.distance);
  return candidates[0]?.each ?? null;
}

/** Insertions, deletions and replacements that turn one text into the other. */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [at, character] of Array.from(one).entries()) {
    const next = [at + 1];
    for (const [column, wanted] of Array.from(other).entries())
      next.push(
        Math.min(
          (row[column] ?? 0) + (character === wanted ? 0 : 1),
          (row[column + 1] ?? 0) + 1,
          (next[column] ?? 0) + 1,
        ),
      );
    row = next;
  }
  return row[other.length] ?? 0;
}
