import { isNode, mediaOf, operationsOf, sorted, type Node } from './json-node.ts';

/**
 * Most operations answer 401, 429 or 503 with the same words. What most of them say is stated once, and they refer to it.
 * Changes the paths; returns the shared answers.
 */
export function shareProblems(paths: Node): Node {
  const shared = new Map<string, string>();
  for (const [status, counts] of countProblems(paths)) {
    const [text, times] = [...counts].reduce((most, each) => (each[1] > most[1] ? each : most));
    const all = [...counts.values()].reduce((sum, each) => sum + each, 0);
    if (times > 1 && times * 2 > all) shared.set(status, text);
  }
  for (const { responses } of operationsOf(paths)) {
    if (!isNode(responses)) continue;
    for (const [status, answer] of Object.entries(responses)) {
      if (JSON.stringify(answer) === shared.get(status))
        responses[status] = { $ref: `#/components/responses/Problem${status}` };
    }
  }
  return sorted(
    Object.fromEntries(
      [...shared].map(([status, text]) => [`Problem${status}`, JSON.parse(text) as unknown]),
    ),
  );
}

/** How often each wording of each error status occurs. */
function countProblems(paths: Node): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const counts = new Map<string, Map<string, number>>();
  for (const { responses } of operationsOf(paths)) {
    if (!isNode(responses)) continue;
    for (const [status, answer] of Object.entries(responses)) {
      if (!mediaOf(answer).some(([type]) => type === 'application/problem+json')) continue;
      const text = JSON.stringify(answer);
      const ofStatus = counts.get(status) ?? new Map<string, number>();
      counts.set(status, ofStatus.set(text, (ofStatus.get(text) ?? 0) + 1));
    }
  }
  return counts;
}
