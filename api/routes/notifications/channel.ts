import type { WebSocket } from '@fastify/websocket';
import type { ServerResponse } from 'node:http';

/** Why Purser ends a connection: its caller may no longer call, or it cannot be served now. */
export type CloseReason = 'ended' | 'try_later';

/** A connection that stays open, whatever its protocol. */
export interface Channel {
  /** Sends one message; false if the connection was gone. */
  send(id: bigint, message: string): Promise<boolean>;
  unsentBytes(): number;
  /** Asks for a sign of life. */
  ping(): void;
  close(reason: CloseReason): void;
  terminate(): void;
  onAnswer(listener: () => void): void;
  onClose(listener: () => void): void;
}

const SOCKET_CLOSES = {
  ended: { code: 1008, text: 'key is no longer valid' },
  try_later: { code: 1013, text: 'try again later' },
} as const;

/** A WebSocket: one message a notification. */
export function createSocketChannel(socket: WebSocket): Channel {
  return {
    send: (_id, message) =>
      new Promise((resolve) => {
        socket.send(message, (error) => resolve(!(error instanceof Error)));
      }),
    unsentBytes: () => socket.bufferedAmount,
    ping: () => socket.ping(),
    close: (reason) => socket.close(SOCKET_CLOSES[reason].code, SOCKET_CLOSES[reason].text),
    terminate: () => socket.terminate(),
    onAnswer: (listener) => void socket.on('pong', listener),
    onClose: (listener) => void socket.on('close', listener),
  };
}

/**
 * Server-sent events: an event a notification, with its id. Nobody answers a ping there: TCP finds out who is gone.
 */
export function createEventChannel(response: ServerResponse): Channel {
  const answered: (() => void)[] = [];
  return {
    send: (id, message) =>
      new Promise((resolve) => {
        if (response.destroyed || response.writableEnded) resolve(false);
        else {
          response.write(`id: ${id}\ndata: ${message}\n\n`, (error) =>
            resolve(!(error instanceof Error)),
          );
        }
      }),
    unsentBytes: () => response.writableLength,
    ping: () => {
      response.write(': still here\n\n', (error) => {
        if (!(error instanceof Error)) for (const listener of answered) listener();
      });
    },
    close: (reason) => response.end(`event: closed\ndata: ${JSON.stringify({ reason })}\n\n`),
    terminate: () => response.destroy(),
    onAnswer: (listener) => void answered.push(listener),
    onClose: (listener) => void response.on('close', listener),
  };
}
