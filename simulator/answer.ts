import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import type { Fault } from './faults.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
const HTML = '<!doctype html><html><body><h1>Scheduled maintenance</h1></body></html>';

/** Sends text that is already JSON, unchanged. */
function sendJson(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).header('content-type', JSON_TYPE).send(text);
}

export function sendProblem(reply: FastifyReply, status: number, message: string): FastifyReply {
  return sendJson(reply, status, JSON.stringify({ error: { status, message } }));
}

/**
 * Sends a good response, or spoils it according to the fault. `stopping` ends delays when the bank shuts down. The three
 * paging faults have already changed `text` at this point.
 */
export async function sendSpoilt(
  reply: FastifyReply,
  fault: Fault | null,
  text: string,
  stopping: AbortSignal,
  /** Content type of a good response. */
  contentType = JSON_TYPE,
): Promise<FastifyReply> {
  const good = () => reply.code(200).header('content-type', contentType).send(text);
  switch (fault?.mode) {
    case 'error500':
      return sendProblem(reply, 500, 'Internal server error.');
    case 'error503':
      return sendProblem(reply, 503, 'Service unavailable.');
    case 'rate-limited':
      if (fault.retryAfterSeconds !== undefined) {
        void reply.header('retry-after', fault.retryAfterSeconds.toString());
      }
      return sendProblem(reply, 429, 'Too many requests.');
    case 'unauthorized':
      return sendProblem(reply, 401, 'Invalid credentials.');
    case 'slow':
      await pause(fault.delayMs ?? 1_000, undefined, { signal: stopping, ref: false });
      return good();
    case 'hang':
      return reply.hijack();
    case 'drip':
      return drip(reply, text, fault.delayMs ?? 1_000);
    case 'endless-body':
      return sendWithoutEnd(reply, text);
    case 'cut-body':
      return sendHalf(reply, text);
    case 'html':
      return reply.code(200).header('content-type', 'text/html; charset=utf-8').send(HTML);
    case 'wrong-content-type':
      return reply.code(200).header('content-type', 'text/plain; charset=utf-8').send(text);
    case 'not-json':
      return sendJson(reply, 200, text.slice(0, Math.ceil(text.length / 2)));
    case 'duplicate-keys':
      return sendJson(reply, 200, withDuplicateKeys(text));
    case 'raw':
      return reply
        .code(fault.status ?? 200)
        .header('content-type', fault.contentType ?? JSON_TYPE)
        .send(fault.body ?? '');
    case 'none':
    case 'duplicate-page':
    case 'shifting-pages':
    case 'empty':
    case undefined:
      return good();
  }
}

/** Repeats the first amount with another value, or a new name if there is no amount. */
function withDuplicateKeys(text: string): string {
  const amount = /"amount":"?[0-9.]+"?/.exec(text);
  if (amount === null) return text.replace('{', '{"note":1,"note":2,');
  const other = amount[0].includes(':"') ? '"amount":"0.01"' : '"amount":0.01';
  return text.replace(amount[0], `${amount[0]},${other}`);
}

function sendHalf(reply: FastifyReply, text: string): FastifyReply {
  reply.hijack();
  const body = Buffer.from(text);
  reply.raw.writeHead(200, { 'content-type': JSON_TYPE, 'content-length': body.length });
  reply.raw.write(body.subarray(0, Math.ceil(body.length / 2)), () => reply.raw.destroy());
  return reply;
}

function drip(reply: FastifyReply, text: string, delayMs: number): FastifyReply {
  reply.hijack();
  const body = Buffer.from(text);
  reply.raw.writeHead(200, { 'content-type': JSON_TYPE, 'content-length': body.length });
  let sent = 0;
  const timer = setInterval(() => {
    reply.raw.write(body.subarray(sent, sent + 1));
    sent += 1;
    if (sent === body.length) {
      clearInterval(timer);
      reply.raw.end();
    }
  }, delayMs);
  reply.raw.once('close', () => {
    clearInterval(timer);
  });
  return reply;
}

/** JSON allows blanks between any two tokens, so only a size cap or a deadline ends this response. */
function sendWithoutEnd(reply: FastifyReply, text: string): FastifyReply {
  reply.hijack();
  reply.raw.writeHead(200, { 'content-type': JSON_TYPE });
  reply.raw.write(text.slice(0, 1));
  const blanks = Buffer.alloc(65_536, ' ');
  const pump = () => {
    while (!reply.raw.destroyed && reply.raw.write(blanks));
    if (!reply.raw.destroyed) reply.raw.once('drain', pump);
  };
  pump();
  return reply;
}
