import type { Command } from 'commander';
import { z } from 'zod';
import { gateSchema } from '../../api/outputs/gate.ts';
import { askApi } from '../api-client.ts';
import { createTerminal, toJson } from '../terminal.ts';

interface GateOptions {
  readonly json?: true;
}

type Gate = z.infer<typeof gateSchema>;

const listSchema = z.strictObject({ items: z.array(gateSchema) });

/** Gates, through the API: PURSER_API_KEY identifies the person who closes and opens them. */
export function addGate(program: Command): void {
  const gate = program
    .command('gate')
    .description('list the gates that stop crediting, close one or open it')
    .option('--json', 'print one JSON object')
    .action(async (options: GateOptions) => {
      const list = listSchema.parse(JSON.parse(await askApi({ method: 'GET', path: '/v1/gates' })));
      createTerminal().print(options.json ? toJson(list) : printGates(list.items));
    });
  for (const [action, description] of [
    ['close', 'stop crediting for an account, or for `all`; lines are still captured'],
    ['open', 'credit again; waiting deposits continue in order of capture'],
  ] as const)
    gate
      .command(`${action} <account>`)
      .description(description)
      .requiredOption('--reason <text>', 'reason (kept permanently)')
      .option('--json', 'print one JSON object')
      .action(async (scope: string, _options: unknown, command: Command) => {
        const { reason, json } = command.optsWithGlobals<GateOptions & { reason: string }>();
        const path = `/v1/gates/${encodeURIComponent(scope)}/${action}`;
        const answer = await askApi({ method: 'POST', path, body: { reason } });
        const operated = gateSchema.parse(JSON.parse(answer));
        createTerminal().print(json ? toJson(operated) : printGates([operated]));
      });
}

function printGates(gates: readonly Gate[]): string {
  if (gates.length === 0) return 'Every gate is open; none was ever closed.';
  return gates
    .map(
      ({ scope, state, cause, reason, changedBy, changedPerson, changedAt }) =>
        `${scope.padEnd(12)} ${state.padEnd(6)}   ${changedAt} by ${changedPerson ?? changedBy ?? 'Purser'}   ${cause}: ${reason}`,
    )
    .join('\n');
}
