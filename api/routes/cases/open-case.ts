import { z } from 'zod';
import type { Transaction } from '../../../db/client.ts';
import { findOpenCase, type OpenLineCase } from '../../../db/queries/line-cases.ts';
import type { LineCaseKind } from '../../../db/schema/gates.ts';
import { CodedError, type ErrorCode } from '../../../domain/errors.ts';
import { acceptedSchema } from '../../outputs/decision.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { digits } from '../../schemas/wire.ts';

export const caseParams = z.strictObject({ id: digits });

/** The answers of a proposal about a case, and `more` refusals. */
export function caseResponses(...more: readonly ErrorCode[]) {
  return {
    202: acceptedSchema,
    ...writeProblems(
      'request.idempotency_key_missing',
      'request.key_reused',
      'case.not_open',
      'case.wrong_kind',
      'deposit.already_settled',
      'decision.already_proposed',
      ...more,
    ),
  };
}

/** @throws CodedError `case.not_open`, `case.wrong_kind` */
export async function openCase(
  tx: Transaction,
  id: string,
  kind: LineCaseKind,
): Promise<OpenLineCase> {
  const found = await findOpenCase(tx, BigInt(id));
  if (found === null) throw new CodedError('case.not_open', 'Open case not found.');
  if (found.kind === kind && 'lineId' in found) return found;
  throw new CodedError(
    'case.wrong_kind',
    `This case is ${found.kind}; this action does not apply to cases of that kind.`,
  );
}
