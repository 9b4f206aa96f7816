import { z } from 'zod';
import { findStatementFile } from '../../../db/queries/statements-read.ts';
import { CodedError } from '../../../domain/errors.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { statementFileDetailSchema, toStatementFileDetail } from './statement.ts';
import { readProblems } from '../../schemas/problem.ts';
import { noQuery, statementFileId } from '../../schemas/wire.ts';

export function getStatementRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/statements/:id',
    config: needs('statement:read'),
    schema: {
      tags: ['statements'],
      summary: 'A statement file: how far it has come, and the proof of each of its statements',
      params: z.strictObject({ id: statementFileId }),
      querystring: noQuery,
      response: { 200: statementFileDetailSchema, ...readProblems('statement.not_found') },
    },
    handler: async (request) => {
      const found = await findStatementFile(deps.database.db, request.params.id);
      if (found === null)
        throw new CodedError('statement.not_found', 'There is no such statement file.');
      return toStatementFileDetail(found.file, found.statements);
    },
  });
}
