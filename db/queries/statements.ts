import { sql } from 'drizzle-orm';
import type { Statement, StatementFormat } from '../../domain/statement.ts';
import type { Executor, Transaction } from '../client.ts';

/** Stores a file once for each account; answers its id, new or old. */
export async function insertStatementFile(
  executor: Executor,
  file: {
    readonly id: string;
    readonly accountKey: string;
    readonly sha256: string;
    readonly body: Uint8Array;
  },
): Promise<{ readonly fileId: string; readonly isNew: boolean }> {
  const inserted = await executor.execute<{ id: string }>(sql`
    insert into statement_files (id, bank_account_key, sha256, body)
    values (${file.id}, ${file.accountKey}, ${file.sha256}, decode(${Buffer.from(file.body).toString('base64')}, 'base64'))
    on conflict on constraint statement_files_once do nothing returning id`);
  if (inserted[0] !== undefined) return { fileId: inserted[0].id, isNew: true };
  const known = await executor.execute<{ id: string }>(sql`
    select id from statement_files where bank_account_key = ${file.accountKey} and sha256 = ${file.sha256}`);
  return { fileId: known[0]?.id ?? file.id, isNew: false };
}

/** One stretch of a stored file, from `offset` (0-based); empty past its end. */
export async function readStatementFile(
  executor: Executor,
  fileId: string,
  range: { readonly offset: number; readonly length: number },
): Promise<Uint8Array> {
  const rows = await executor.execute<{ chunk: string }>(sql`
    select encode(substring(body from ${range.offset + 1} for ${range.length}), 'base64') as chunk from statement_files where id = ${fileId}`);
  return Buffer.from(rows[0]?.chunk ?? '', 'base64');
}

/** Remembers the account number of the first statement; answers the one that is remembered. */
export async function pinStatementAccount(
  tx: Transaction,
  accountKey: string,
  account: string,
): Promise<string | null> {
  const rows = await tx.execute<{ statement_account: string | null }>(sql`
    update bank_accounts set statement_account = coalesce(statement_account, ${account}) where key = ${accountKey} returning statement_account`);
  return rows[0]?.statement_account ?? null;
}

/** Records what a statement says of itself; a repeat changes nothing. */
export async function insertStatement(
  tx: Transaction,
  row: {
    readonly fileId: string;
    readonly position: number;
    readonly format: StatementFormat;
    readonly statement: Statement;
  },
): Promise<void> {
  const { statement } = row;
  await tx.execute(sql`
    insert into statements (file_id, position, format, statement_id, opening_minor, closing_minor, proof, difference_minor, line_count)
    values (${row.fileId}, ${row.position}, ${row.format}, ${statement.statementId}, ${statement.openingMinor?.toString() ?? null}::bigint,
            ${statement.closingMinor?.toString() ?? null}::bigint, ${statement.proof}, ${statement.differenceMinor?.toString() ?? null}::bigint,
            ${statement.lines.length})
    on conflict on constraint statements_once do nothing`);
}
