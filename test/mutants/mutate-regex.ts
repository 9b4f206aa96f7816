const PARTS = /\\.|\[(?:\\.|[^\]\\])*\]|\(\?(?:<?[=!]|:)|\{[0-9]+(?:,[0-9]*)?\}|[\s\S]/gu;

/** Patterns that differ from `literal` (`/…/flags`) in one part: an anchor, a class, a bound, a look around. */
export function mutateRegex(literal: string): readonly string[] {
  const end = literal.lastIndexOf('/');
  const [pattern, flags] = [literal.slice(1, end), literal.slice(end + 1)];
  const parts = pattern.match(PARTS) ?? [];
  const mutated = parts.flatMap((part, at) =>
    otherParts(part).map((other) =>
      [...parts.slice(0, at), other, ...parts.slice(at + 1)].join(''),
    ),
  );
  return mutated
    .filter((each) => each !== '' && isPattern(each, flags))
    .map((each) => `/${each}/${flags}`);
}

function otherParts(part: string): readonly string[] {
  if (part === '^' || part === '$') return [''];
  if (part === '+' || part === '*' || part === '?') return [''];
  if (part.startsWith('[^')) return [`[${part.slice(2)}`];
  if (part.startsWith('[')) return [`[^${part.slice(1)}`];
  if (/^\(\?<?!$/.test(part)) return [part.replace('!', '=')];
  if (/^\(\?<?=$/.test(part)) return [part.replace('=', '!')];
  if (/^\\[dswbpDSWBP]$/.test(part)) return [swapCase(part)];
  const bounds = /^\{([0-9]+)(,?)([0-9]*)\}$/.exec(part);
  if (bounds === null) return [];
  const [, least = '', comma = '', most = ''] = bounds;
  const more = (digits: string) => String(Number(digits) + 1);
  if (comma === '') return [`{${more(least)}}`];
  return [`{${more(least)},${most}}`, ...(most === '' ? [] : [`{${least},${more(most)}}`])];
}

function swapCase(text: string): string {
  return text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase();
}

function isPattern(pattern: string, flags: string): boolean {
  try {
    return new RegExp(pattern, flags).source !== '';
  } catch {
    return false;
  }
}
