import { Client, Connection, type WorkflowExecutionInfo } from '@temporalio/client';
import { inject } from 'vitest';
import { removeThrowAwayFolder, throwAwayFolder } from '../../embedded/data-folder.ts';
import { startTemporal, type EmbeddedTemporal } from '../../embedded/temporal.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/contract.ts';
import { waitFor } from './wait-for.ts';

/** A real Temporal server for one test file. */
export interface TestTemporal {
  readonly address: string;
  readonly client: Client;
  /** Stops the server and starts it on the same port, with its database or without. */
  restart(options: { readonly keepState: boolean }): Promise<void>;
  close(): Promise<void>;
}

export async function startTestTemporal(
  limits: Readonly<Record<string, number>> = {},
): Promise<TestTemporal> {
  let folder = await throwAwayFolder();
  const launch = (port?: number): Promise<EmbeddedTemporal> =>
    startTemporal({
      binary: inject('temporalBinary'),
      dataDir: folder,
      headless: true,
      searchAttributes: SEARCH_ATTRIBUTES,
      limits,
      ...(port === undefined ? {} : { port }),
    });
  let server = await launch();
  const connection = await Connection.connect({ address: server.address });
  const port = Number(server.address.split(':')[1]);
  return {
    address: server.address,
    client: new Client({ connection }),
    restart: async ({ keepState }) => {
      await server.stop();
      if (!keepState) {
        await removeThrowAwayFolder(folder);
        folder = await throwAwayFolder();
      }
      server = await launch(port);
    },
    close: async () => {
      await connection.close();
      await server.stop();
      await removeThrowAwayFolder(folder);
    },
  };
}

/** Every workflow of a server. The list lags behind events, so an empty one proves nothing: waits for `expected`. */
export function listWorkflows(
  client: Client,
  expected: (all: readonly WorkflowExecutionInfo[]) => boolean,
): Promise<readonly WorkflowExecutionInfo[]> {
  return waitFor('the workflows are listed', async () => {
    const all: WorkflowExecutionInfo[] = [];
    for await (const each of client.workflow.list()) all.push(each);
    return expected(all) && all;
  });
}
