import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  isGrpcServiceError,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';
import { CodedError } from '../domain/errors.ts';

const CONNECT_TIMEOUT = '10s';
/** A call that reaches no server is tried this often within its deadline. */
const ATTEMPTS_MAX = 3;
const RECONNECT_BACKOFF_MAX_MS = 5_000;

/** The settings that locate the Temporal server. */
export interface TemporalSettings {
  readonly TEMPORAL_ADDRESS?: string | undefined;
  readonly TEMPORAL_TLS: boolean;
  readonly TEMPORAL_API_KEY?: string | undefined;
}

export interface TemporalConnectionOptions {
  readonly address: string;
  readonly tls?: boolean;
  readonly apiKey?: string;
}

/** Connection options from settings, for both the client and the worker. */
export function temporalConnectionOptions(settings: TemporalSettings): TemporalConnectionOptions {
  return {
    address: settings.TEMPORAL_ADDRESS ?? '127.0.0.1:7233',
    tls: settings.TEMPORAL_TLS || settings.TEMPORAL_API_KEY !== undefined,
    ...(settings.TEMPORAL_API_KEY === undefined ? {} : { apiKey: settings.TEMPORAL_API_KEY }),
  };
}

/**
 * Connects before it returns.
 * @throws CodedError `temporal.unavailable`
 */
export async function connectTemporal(
  options: TemporalConnectionOptions & { readonly namespace: string },
): Promise<{ readonly client: Client; readonly connection: Connection }> {
  const { namespace, ...address } = options;
  try {
    const connection = await Connection.connect({ ...address, connectTimeout: CONNECT_TIMEOUT });
    return { client: new Client({ connection, namespace }), connection };
  } catch (error) {
    throw temporalUnavailable(error, address.address);
  }
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
