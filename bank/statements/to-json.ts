import type { Sighting } from '../../domain/line/sighting.ts';
import type {
  Statement,
  StatementDetail,
  StatementFile,
  StatementLine,
} from '../../domain/line/statement.ts';
import { placesWith } from './warnings.ts';

/**
 * A file as `purser parse` prints it: plain JSON, minor units as decimal strings, absent values null. A booking date
 * that the file does not state is null here, although capture has another date stand in for it.
 */
export function printStatementFile(file: StatementFile): unknown {
  const undated = placesWith(file.warnings, 'booking_date_absent');
  return {
    format: file.format,
    statements: file.statements.map((statement) => printStatement(statement, undated)),
    warnings: file.warnings.map(({ code, message, where }) => ({ code, message, where })),
  };
}

function printStatement(statement: Statement, undated: ReadonlySet<string>): unknown {
  return {
    account: statement.account === '' ? null : statement.account,
    currency: statement.currency,
    statementId: statement.statementId,
    openingMinor: statement.openingMinor?.toString() ?? null,
    closingMinor: statement.closingMinor?.toString() ?? null,
    proof: statement.proof,
    differenceMinor: statement.differenceMinor?.toString() ?? null,
    lines: statement.lines.map((line) => printLine(line, undated.has(line.position))),
  };
}

function printLine(line: StatementLine, isUndated: boolean): unknown {
  return {
    amountMinor: line.amountMinor.toString(),
    direction: line.direction,
    status: line.status,
    reversal: line.reversal,
    bookingDate: isUndated ? null : line.bookingDate,
    valueDate: line.valueDate,
    bankId: line.bankId,
    ...printTexts(line),
    details: line.details.map(printDetail),
  };
}

function printDetail(detail: StatementDetail): unknown {
  return { amountMinor: detail.amountMinor?.toString() ?? null, ...printTexts(detail) };
}

function printTexts(source: Pick<Sighting, 'references' | 'text' | 'counterparty'>) {
  const { name, account } = source.counterparty;
  return {
    reference: source.references[0] ?? null,
    text: source.text === '' ? null : source.text,
    counterparty: name === null && account === null ? null : { name, account },
  };
}
