import type { Client } from '@temporalio/client';

/** Size of workflow histories, per deposit. */
export interface HistoryCost {
  readonly events: number;
  readonly workflowTasks: number;
}

const NO_COST: HistoryCost = { events: 0, workflowTasks: 0 };

/** The mean of these workflows, and the one with the most events. */
export async function readChildren(
  client: Client,
  workflowIds: readonly string[],
): Promise<{ readonly mean: HistoryCost; readonly worst: HistoryCost }> {
  const costs: HistoryCost[] = [];
  for (const workflowId of workflowIds) costs.push(await readCost(client, { workflowId }));
  return {
    mean: divide(costs.reduce(add, NO_COST), Math.max(costs.length, 1)),
    worst: costs.reduce(
      (worst, cost) => ({
        events: Math.max(worst.events, cost.events),
        workflowTasks: Math.max(worst.workflowTasks, cost.workflowTasks),
      }),
      NO_COST,
    ),
  };
}

/** Every run of a parent's type that began after `since`, spread over its deposits. */
export async function readParents(
  client: Client,
  parents: { readonly type: string; readonly since: Date; readonly deposits: number },
): Promise<HistoryCost> {
  const query = `WorkflowType = '${parents.type}' AND StartTime >= '${parents.since.toISOString()}'`;
  let total = NO_COST;
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    total = add(total, await readCost(client, { workflowId, runId }));
  }
  return divide(total, parents.deposits);
}

/** Number of running workflows of these types. */
export async function countRunning(client: Client, types: readonly string[]): Promise<number> {
  const names = types.map((type) => `'${type}'`).join(', ');
  const { count } = await client.workflow.count(
    `ExecutionStatus = 'Running' AND WorkflowType IN (${names})`,
  );
  return count;
}

async function readCost(
  client: Client,
  run: { readonly workflowId: string; readonly runId?: string },
): Promise<HistoryCost> {
  const history = await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
  const events = history.events ?? [];
  return {
    events: events.length,
    workflowTasks: events.filter(
      (event) => (event.workflowTaskCompletedEventAttributes ?? null) !== null,
    ).length,
  };
}

function add(one: HistoryCost, other: HistoryCost): HistoryCost {
  return {
    events: one.events + other.events,
    workflowTasks: one.workflowTasks + other.workflowTasks,
  };
}

function divide(cost: HistoryCost, count: number): HistoryCost {
  return { events: cost.events / count, workflowTasks: cost.workflowTasks / count };
}
