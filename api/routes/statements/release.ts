import { z } from 'zod';
import { actAs } from '../../../db/queries/audit.ts';
import { releaseFile } from '../../../db/queries/statement-files.ts';
import { findStatementFile } from '../../../db/queries/statements-read.ts';
import { CodedError } from '../../../domain/errors.ts';
import { actorOf, needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { statementFileDetailSchema, toStatementFileDetail } from './statement.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { noQuery, plainText, statementFileId } from '../../schemas/wire.ts';

const body = z.strictObject({
  reason: plainText(1_000).meta({ description: 'Why; kept for ever beside the file.' }),
});

export function releaseStatementRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/statements/:id/release',
    config: needs('statement:release'),
    schema: {
      tags: ['statements'],
      summary: 'Let the held statements of a file be captured although their proof failed',
      description:
        'Only for keys of persons. May be repeated: a file that this released before is handed in again.',
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
      if (found === null)
        throw new CodedError('statement.not_found', 'There is no such statement file.');
      const release = { fileId, by: principalOf(request).keyId, reason: request.body.reason };
      const isReleased = await db.transaction(async (tx) => {
        await actAs(tx, actorOf(principalOf(request)), release.reason);
        return releaseFile(tx, release);
      });
      // The release is kept even where Temporal cannot be reached: whoever repeats the request hands the file in.
      if (!isReleased && !(found.file.state === 'held' && found.file.releasedAt !== null))
        throw new CodedError('statement.not_held', 'No statement of this file is held.');
      const { bankAccountKey: accountKey, sha256 } = found.file;
      await deps.temporal.startImport({ accountKey, fileId, sha256 });
      const now = (await findStatementFile(db, fileId)) ?? found;
      return reply.code(202).send(toStatementFileDetail(now.file, now.statements));
    },
  });
}
