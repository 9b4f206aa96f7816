import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  isGrpcServiceError,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';
import { CodedError, isCoded } from '../domain/errors.ts';
import type { TemporalConnectionOptions } from './connection-options.ts';
import { diagnoseTemporal } from './diagnose.ts';

const CONNECT_TIMEOUT = '10s';
const DIAGNOSE_AFTER_MS = 1_000;
/** A call that reaches no server is tried this often within its deadline. */
const ATTEMPTS_MAX = 3;
/** A namespace that was just made takes some seconds to be known. */
const NAMESPACE_MS_MAX = 10_000;
const RECONNECT_BACKOFF_MAX_MS = 5_000;

/**
 * Connects, and looks at the namespace, before it returns.
 * @throws CodedError `temporal.unavailable` · `temporal.tls_failed` · `temporal.login_refused` ·
 *   `temporal.namespace_not_found`
 */
export async function connectTemporal(
  options: TemporalConnectionOptions & { readonly namespace: string },
): Promise<{ readonly client: Client; readonly connection: Connection }> {
  const { namespace, ...address } = options;
  let connection: Connection;
  try {
    connection = await connectOrDiagnose(address);
  } catch (error) {
    throw await whyNotConnected(error, address);
  }
  try {
    await connection.withDeadline(Date.now() + NAMESPACE_MS_MAX, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
  } catch (error) {
    await connection.close();
    throw namespaceFault(error, namespace) ?? temporalUnavailable(error, address.address);
  }
  return { client: new Client({ connection, namespace }), connection };
}

/** Connects; what no patience mends, such as a certificate of another name, ends the wait at once. */
async function connectOrDiagnose(options: TemporalConnectionOptions): Promise<Connection> {
  const attempt = Connection.connect({ ...options, connectTimeout: CONNECT_TIMEOUT });
  const look = new AbortController();
  try {
    return await Promise.race([attempt, permanentFault(options, look.signal)]);
  } catch (error) {
    attempt.then(
      (late) => late.close(),
      () => undefined,
    );
    throw error;
  } finally {
    look.abort();
  }
}

/** Rejects if it finds a fault; else it stays silent. */
function permanentFault(options: TemporalConnectionOptions, signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const look = async () => {
      const fault = await diagnoseTemporal(options).catch(() => null);
      if (fault !== null && fault.code !== 'temporal.unavailable') reject(fault);
    };
    const timer = setTimeout(() => void look(), DIAGNOSE_AFTER_MS);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
    });
  });
}

/** The one error for a connection that failed, with its cause in words. */
export async function whyNotConnected(
  error: unknown,
  options: TemporalConnectionOptions,
): Promise<CodedError> {
  if (isCoded(error)) return error;
  return (
    loginFault(statusOf(error)) ??
    (await diagnoseTemporal(options)) ??
    temporalUnavailable(error, options.address)
  );
}

/** gRPC's statuses. */
const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

/** What the failure of a call says about namespace and login; null if neither is the cause. */
function namespaceFault(error: unknown, namespace: string): CodedError | null {
  const status = statusOf(error);
  if (status !== NOT_FOUND) return loginFault(status);
  return new CodedError(
    'temporal.namespace_not_found',
    `Temporal has no namespace ${namespace}: correct TEMPORAL_NAMESPACE, or make it with ` +
      `\`temporal operator namespace create --namespace ${namespace} --retention 336h\`.`,
  );
}

function loginFault(status: number | null): CodedError | null {
  if (status !== PERMISSION_DENIED && status !== UNAUTHENTICATED) return null;
  return new CodedError(
    'temporal.login_refused',
    'Temporal refuses this client: check TEMPORAL_API_KEY or the client certificate, and its rights in the namespace.',
  );
}

function statusOf(error: unknown): number | null {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error && isGrpcServiceError(error.cause) ? error.cause.code : null;
}

/** Connects on first use and reconnects automatically, with few attempts: a caller waits for each call. */
export function createLazyClient(
  options: TemporalConnectionOptions & { readonly namespace: string },
): Client {
  const connection = Connection.lazy({
    address: options.address,
    tls: options.tls ?? false,
    ...(options.apiKey === undefined ? {} : { apiKey: options.apiKey }),
    channelArgs: { 'grpc.max_reconnect_backoff_ms': RECONNECT_BACKOFF_MAX_MS },
    interceptors: [
      makeGrpcRetryInterceptor(defaultGrpcRetryOptions({ maxAttempts: ATTEMPTS_MAX })),
    ],
  });
  return new Client({ connection, namespace: options.namespace });
}

/** The one error for a Temporal server that cannot be reached; with `address` if that helps the reader. */
export function temporalUnavailable(cause: unknown, address?: string): CodedError {
  const where = address === undefined ? '' : ` at ${address}`;
  return new CodedError(
    'temporal.unavailable',
    `Temporal does not answer${where}: check TEMPORAL_ADDRESS, and that the server is running.`,
    { cause, details: { failure: failureName(cause) } },
  );
}

/** The name of an error, with the gRPC status that it carries; never its message, which may quote input. */
export function failureName(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const status = isGrpcServiceError(error.cause) ? ` (gRPC ${String(error.cause.code)})` : '';
  return `${error.name}${status}`;
}
