import type { Statement, StatementFile, StatementLine } from '../../../domain/line/statement.ts';

/** What a file says, short enough to be written down beside it and read by a person. */
export function describeFile(file: StatementFile): unknown {
  return {
    format: file.format,
    warnings: file.warnings.map(({ code, where }) => `${code} at ${where}`),
    statements: file.statements.map(describeStatement),
  };
}

function describeStatement(statement: Statement): unknown {
  const { account, currency, statementId, openingMinor, closingMinor, proof, completeDays } =
    statement;
  return {
    is: [
      account,
      currency,
      statementId,
      openingMinor?.toString() ?? null,
      closingMinor?.toString() ?? null,
      proof,
    ],
    days: completeDays === null ? null : `${completeDays.from} ${completeDays.to}`,
    lines: statement.lines.map(describeLine),
  };
}

function describeLine(line: StatementLine): unknown {
  const facts = [
    line.direction,
    line.amountMinor.toString(),
    line.bookingDate,
    line.valueDate ?? '',
    line.status + (line.reversal ? ' reversal' : ''),
  ];
  return [
    facts.join(' '),
    line.bankId,
    line.references[0] ?? null,
    line.text,
    line.counterparty.name,
  ];
}
