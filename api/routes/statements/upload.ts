import multipart, { type Multipart } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { parseCsvProfile } from '../../../bank/statements/csv/csv-profile.ts';
import { STATEMENT_READERS } from '../../../bank/statements/formats.ts';
import {
  storeStatementFile,
  type IncomingFile,
  type StoredFile,
} from '../../../app/statement/store-file.ts';
import { findStatementFile } from '../../../db/queries/statements-read.ts';
import { CodedError, isCoded } from '../../../domain/errors.ts';
import {
  actorOf,
  needs,
  principalOf,
  type ApiApp,
  type ApiDeps,
  type Principal,
} from '../../deps.ts';
import { spool } from '../../uploads.ts';
import { statementFileDetailSchema, toStatementFileDetail } from './statement.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { accountKey } from '../../schemas/wire.ts';

const PROFILE_BYTES_MAX = 64 * 1024;

/** Takes a statement file as it comes over the line: nothing of it is held but the piece at hand. */
export function uploadStatementRoute(app: ApiApp, deps: ApiDeps): void {
  app.register(async (scope: ApiApp) => {
    scope.removeAllContentTypeParsers();
    await scope.register(multipart, {
      limits: {
        fileSize: deps.statementBytesMax,
        // One part more than is taken, so that it is refused in words.
        files: 2,
        fields: 4,
        fieldSize: PROFILE_BYTES_MAX,
        parts: 6,
        headerPairs: 20,
      },
    });
    addRoute(scope, deps);
  });
}

function addRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/bank-accounts/:key/statements',
    bodyLimit: deps.statementBytesMax + 2 * PROFILE_BYTES_MAX,
    handlerTimeout: 180_000,
    config: needs('statement:write', { by: 'account', in: 'params', field: 'key' }),
    schema: {
      operationId: 'uploadStatement',
      tags: ['statements'],
      summary: 'Upload a statement file',
      description:
        'Send multipart/form-data with one part `file`, preceded by optional parts: `profile` (a CSV layout as JSON), `accountNumber` (the account number in the file, ' +
        'which you confirm at the first import of an account) and `acceptOpenEnd` (`true`: you take an MT940 that ends with an interim balance as whole; ' +
        'needs a person’s key, and is kept in the audit trail). ' +
        'Purser recognises the format by the content unless you name it in `format`. The same bytes again return the stored file.',
      consumes: ['multipart/form-data'],
      params: z.strictObject({ key: accountKey }),
      querystring: z.strictObject({
        format: z
          .enum(STATEMENT_READERS.map(({ name }) => name))
          .optional()
          .meta({ description: 'Needed only if the content does not identify the format.' }),
      }),
      response: {
        202: statementFileDetailSchema,
        ...writeProblems('account.not_found', 'temporal.unavailable'),
      },
    },
    handler: async (request, reply) => {
      const { key } = request.params;
      // What is left of a refused body is not waited for.
      void reply.header('connection', 'close');
      const { fileId, sha256 } = await receive(deps, request, {
        accountKey: key,
        format: request.query.format ?? null,
      });
      void reply.removeHeader('connection');
      await deps.temporal.startImport({ accountKey: key, fileId, sha256 });
      const stored = await findStatementFile(deps.database.db, fileId);
      if (stored === null) throw new CodedError('internal.unexpected', 'A stored file is gone.');
      return reply.code(202).send(toStatementFileDetail(stored.file, stored.statements));
    },
  });
}

/** Takes the whole file from the line first, and stores it then. */
async function receive(
  deps: ApiDeps,
  request: FastifyRequest,
  asked: Pick<IncomingFile, 'accountKey' | 'format'>,
): Promise<StoredFile> {
  const principal = principalOf(request);
  const { file, told } = await deps.uploads.take(request, principal.keyId, async () => {
    const next = partsOf(request);
    let part = await next();
    while (part !== null && part.type !== 'file') part = await next();
    if (part === null) throw new CodedError('request.invalid', 'The request has no file part.');
    const { fields } = part;
    const told = {
      profile: readProfile(fields['profile']),
      accountNumber: readAccountNumber(fields['accountNumber']),
      acceptsOpenEnd: readOpenEnd(fields['acceptOpenEnd'], principal),
    };
    const file = await spool(wholeFile(part.file));
    try {
      if ((await next()) !== null)
        throw new CodedError(
          'request.invalid',
          'The file must be the last part, and the only file.',
        );
    } catch (error) {
      await file.discard();
      throw error;
    }
    return { told, file };
  });
  try {
    const by = actorOf(principal);
    return await storeStatementFile(deps.database.db, {
      ...asked,
      ...told,
      by,
      chunks: file.chunks,
    });
  } finally {
    await file.discard();
  }
}

/**
 * Answers one part after the other, null at their end.
 * @throws CodedError `request.invalid` for a body that is no multipart form, such as one without a boundary
 */
function partsOf(request: FastifyRequest): () => Promise<Multipart | null> {
  let parts: AsyncIterator<Multipart, undefined> | null = null;
  return async () => {
    try {
      parts ??= request.parts()[Symbol.asyncIterator]();
      const { done, value } = await parts.next();
      return done === true ? null : value;
    } catch (error) {
      if (error instanceof Error && 'statusCode' in error) throw error;
      throw new CodedError('request.invalid', 'The multipart form cannot be read.');
    }
  };
}

/**
 * The pieces of an upload, with an error at the end of one that was cut: the parser ends the stream of a file that is too
 * large as if that were all of it.
 */
async function* wholeFile(
  file: AsyncIterable<Uint8Array> & { readonly truncated: boolean },
): AsyncGenerator<Uint8Array> {
  try {
    yield* file;
  } catch {
    throw new CodedError('request.invalid', 'The upload ended early.');
  }
  if (file.truncated)
    throw new CodedError('request.body_too_large', 'The statement file exceeds the size limit.');
}

function readAccountNumber(field: unknown): string | null {
  const number = textOf(field, 'accountNumber')?.trim() ?? null;
  if (number === '' || (number ?? '').length > 64)
    throw new CodedError('request.invalid', 'The part `accountNumber` must be an account number.');
  return number;
}

function readOpenEnd(field: unknown, { ownerKind }: Principal): boolean {
  const text = textOf(field, 'acceptOpenEnd');
  if (text === null || text === 'false') return false;
  if (text !== 'true')
    throw new CodedError('request.invalid', 'The part `acceptOpenEnd` must be true or false.');
  if (ownerKind !== 'person')
    throw new CodedError('auth.forbidden', 'Only a person may accept a statement that ends open.');
  return true;
}

function textOf(field: unknown, name: string): string | null {
  if (field === undefined) return null;
  const value =
    typeof field === 'object' && field !== null && 'value' in field ? field.value : undefined;
  if (typeof value === 'string') return value;
  throw new CodedError('request.invalid', `The part \`${name}\` must be text.`);
}

/** @throws CodedError `request.invalid` that lists the faults */
function readProfile(field: unknown): unknown {
  const value = textOf(field, 'profile');
  if (value === null) return null;
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch {
    throw new CodedError('request.invalid', 'The CSV profile must be JSON.');
  }
  try {
    return parseCsvProfile(json);
  } catch (error) {
    throw isCoded(error) ? new CodedError('request.invalid', error.message) : error;
  }
}
