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
    config: needs('statement:read', { by: 'statement', in: 'params', field: 'id' }),
    schema: {
      operationId: 'getStatement',
      tags: ['statements'],
      summary: 'Read a statement file: its progress and the proof of each statement',
      params: z.strictObject({ id: statementFileId }),
      querystring: noQuery,
      response: { 200: statementFileDetailSchema, ...readProblems('statement.not_found') },
    },
    handler: async (request) => {
      const found = await findStatementFile(deps.database.db, request.params.id);
      if (found === null) throw new CodedError('statement.not_found', 'Statement file not found.');
      return toStatementFileDetail(found.file, found.statements);
    },
  });
}
