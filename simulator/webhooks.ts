import { setTimeout as pause } from 'node:timers/promises';
import type { BankLine } from './line.ts';
import type { OptionsHolder } from './options.ts';
import type { SimulatorSettings } from './settings.ts';
import type { EventKind } from './transaction-text.ts';
import { signEvent, type Signing } from './webhook-event.ts';

const ATTEMPTS_MAX = 6;
const FIRST_RETRY_MS = 250;
const AUTO_CONCURRENCY = 8;
const ANSWER_TIMEOUT_MS = 15_000;

export interface SendOptions extends Signing {
  readonly copies: number;
  readonly concurrency: number;
}

/** `status` is the receiver's HTTP status, null without a response. */
interface Delivery {
  readonly lineId: string;
  readonly webhookId: string;
  readonly status: number | null;
}

interface WebhookCounts {
  readonly pending: number;
  readonly delivered: number;
  readonly failed: number;
}

export interface WebhookSender {
  /** Sends each line `copies` times without retries, and returns the results. */
  send(lines: readonly BankLine[], options: SendOptions): Promise<readonly Delivery[]>;
  /** Sends in the background, with a bounded number of retries. */
  enqueue(lines: readonly BankLine[]): void;
  counts(): WebhookCounts;
  reset(): void;
}

export function createWebhookSender(
  settings: SimulatorSettings,
  options: OptionsHolder,
  stopping: AbortSignal,
): WebhookSender {
  const deliver: Deliver = (line, signing) =>
    // The admin routes refuse to send without a URL, and an empty one reaches no receiver.
    post(
      options.current().webhookUrl ?? '',
      signEvent(settings, options.current(), line, signing),
      stopping,
    );

  async function send(
    lines: readonly BankLine[],
    { copies, concurrency, ...signing }: SendOptions,
  ): Promise<readonly Delivery[]> {
    const work = lines.flatMap((line) => Array.from({ length: copies }, () => line));
    const deliveries: Delivery[] = [];
    let taken = 0;
    const carry = async () => {
      for (let line = work[taken++]; line !== undefined; line = work[taken++]) {
        const { id, status } = await deliver(line, signing);
        deliveries.push({ lineId: line.id, webhookId: id, status });
      }
    };
    await Promise.all(Array.from({ length: concurrency }, carry));
    return deliveries;
  }

  const kindOf = () => (options.current().webhookEvents === 'full' ? 'booked' : 'pointer');
  return { send, ...createQueue(deliver, kindOf, stopping) };
}

type Deliver = (
  line: BankLine,
  signing: Signing,
) => Promise<{ readonly id: string; readonly status: number | null }>;

async function post(
  url: string,
  event: ReturnType<typeof signEvent>,
  stopping: AbortSignal,
): Promise<{ id: string; status: number | null }> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: event.headers,
      body: event.body,
      redirect: 'manual',
      signal: AbortSignal.any([stopping, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
    });
    await response.arrayBuffer();
    return { id: event.id, status: response.status };
  } catch {
    // A refused or lost connection is a result too: the receiver is down.
    return { id: event.id, status: null };
  }
}

/** Sends lines automatically, a few at a time, in booking order. */
function createQueue(
  deliver: Deliver,
  kindOf: () => EventKind,
  stopping: AbortSignal,
): Omit<WebhookSender, 'send'> {
  let queue: readonly BankLine[] = [];
  let next = 0;
  let busy = 0;
  let delivered = 0;
  let failed = 0;

  async function drain(): Promise<void> {
    for (let line = queue[next]; line !== undefined; line = queue[next]) {
      next += 1;
      if (await deliverWithRetries(deliver, line, kindOf(), stopping)) delivered += 1;
      else failed += 1;
    }
    busy -= 1;
  }

  return {
    enqueue(lines) {
      queue = [...queue.slice(next), ...lines];
      next = 0;
      const idle = Math.min(AUTO_CONCURRENCY - busy, queue.length);
      for (let each = 0; each < idle; each += 1) {
        busy += 1;
        void drain();
      }
    },
    counts: () => ({ pending: queue.length - next + busy, delivered, failed }),
    reset() {
      queue = [];
      next = 0;
      delivered = 0;
      failed = 0;
    },
  };
}

async function deliverWithRetries(
  deliver: Deliver,
  line: BankLine,
  kind: EventKind,
  stopping: AbortSignal,
): Promise<boolean> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX && !stopping.aborted; attempt += 1) {
    if (attempt > 0) {
      const delayMs = FIRST_RETRY_MS * 2 ** (attempt - 1);
      await pause(delayMs, undefined, { signal: stopping, ref: false }).catch(() => undefined);
    }
    const { status } = await deliver(line, { tamper: 'none', ageSeconds: 0, kind });
    if (status !== null && status < 300) return true;
    const isFinal = status !== null && status < 500 && status !== 408 && status !== 429;
    if (isFinal) return false;
  }
  return false;
}
