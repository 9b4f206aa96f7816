import { z } from 'zod';
import { releaseHeldFile } from '../../../app/statement/release-file.ts';
import { findStatementFile } from '../../../db/queries/statements-read.ts';
import { CodedError } from '../../../domain/errors.ts';
import { actorOf, needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { statementFileDetailSchema, toStatementFileDetail } from './statement.ts';
import { named } from '../../schemas/named.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { noQuery, plainText, statementFileId } from '../../schemas/wire.ts';

const body = named(
  'StatementRelease',
  z.strictObject({
    reason: plainText(1_000).meta({ description: 'Why (kept permanently with the file).' }),
  }),
  {
    description: 'Why the statements may be captured.',
    example: { reason: 'The bank confirmed in writing that its closing balance is wrong.' },
  },
);

export function releaseStatementRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/statements/:id/release',
    config: needs('statement:release'),
    schema: {
      operationId: 'releaseStatement',
      tags: ['statements'],
      summary: 'Capture the held statements of a file although their proof failed',
      description:
        'Needs a person’s key. You may repeat the request: it starts the import of a released file again.',
      params: z.strictObject({ id: statementFileId }),
      querystring: noQuery,
      body,
      response: {
        202: statementFileDetailSchema,
        ...writeProblems('statement.not_found', 'statement.not_held', 'temporal.unavailable'),
      },
    },
    handler: async (request, reply) => {
      const { id: fileId } = request.params;
      const { db } = deps.database;
      const found = await findStatementFile(db, fileId);
      if (found === null) throw new CodedError('statement.not_found', 'Statement file not found.');
      const principal = principalOf(request);
      const by = { by: principal.keyId, actor: actorOf(principal) };
      const isReleased = await releaseHeldFile(db, { fileId, ...by, reason: request.body.reason });
      // The release is kept even if Temporal cannot be reached: a repeated request starts the import.
      if (!isReleased && !(found.file.state === 'held' && found.file.releasedAt !== null))
        throw new CodedError('statement.not_held', 'This file has no held statement.');
      const { bankAccountKey: accountKey, sha256 } = found.file;
      await deps.temporal.startImport({ accountKey, fileId, sha256 });
      const now = (await findStatementFile(db, fileId)) ?? found;
      return reply.code(202).send(toStatementFileDetail(now.file, now.statements));
    },
  });
}
