import type { Sighting } from '../../domain/line/sighting.ts';
import type {
  Statement,
  StatementDetail,
  StatementFile,
  StatementLine,
} from '../../domain/line/statement.ts';
import { placesWith } from './warnings.ts';

/**
 * Converts a file to the JSON of `purser parse`: minor units as decimal strings, absent values null. A missing booking date
 * is null here, although capture replaces it by another date.
 */
export function statementFileToJson(file: StatementFile): unknown {
  const undated = placesWith(file.warnings, 'booking_date_absent');
  return {
    format: file.format,
    statements: file.statements.map((statement) => statementToJson(statement, undated)),
    warnings: file.warnings.map(({ code, message, where }) => ({ code, message, where })),
  };
}

function statementToJson(statement: Statement, undated: ReadonlySet<string>): unknown {
  return {
    account: statement.account === '' ? null : statement.account,
    currency: statement.currency,
    statementId: statement.statementId,
    openingMinor: statement.openingMinor?.toString() ?? null,
    closingMinor: statement.closingMinor?.toString() ?? null,
    proof: statement.proof,
    differenceMinor: statement.differenceMinor?.toString() ?? null,
    lines: statement.lines.map((line) => lineToJson(line, undated.has(line.position))),
  };
}

function lineToJson(line: StatementLine, isUndated: boolean): unknown {
  return {
    amountMinor: line.amountMinor.toString(),
    direction: line.direction,
    status: line.status,
    reversal: line.reversal,
    bookingDate: isUndated ? null : line.bookingDate,
    valueDate: line.valueDate,
    bankId: line.bankId,
    ...textsToJson(line),
    details: line.details.map(detailToJson),
  };
}

function detailToJson(detail: StatementDetail): unknown {
  return { amountMinor: detail.amountMinor?.toString() ?? null, ...textsToJson(detail) };
}

function textsToJson(source: Pick<Sighting, 'references' | 'text' | 'counterparty'>) {
  const { name, account } = source.counterparty;
  return {
    reference: source.references[0] ?? null,
    text: source.text === '' ? null : source.text,
    counterparty: name === null && account === null ? null : { name, account },
  };
}
