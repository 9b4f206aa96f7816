import type { Bank } from './bank.ts';
import type { FaultBoard } from './faults.ts';
import type { OptionsHolder } from './options.ts';
import type { SimulatorSettings } from './settings.ts';
import type { WebhookSender } from './webhooks.ts';

/** All parts of one simulated bank; passed to each part of the server. */
export interface Simulation {
  readonly settings: SimulatorSettings;
  readonly bank: Bank;
  readonly options: OptionsHolder;
  readonly faults: FaultBoard;
  readonly webhooks: WebhookSender;
  /** Number of requests by endpoint since the start or the last reset. */
  readonly requests: Map<string, number>;
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal;
}
