import { sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import type { StatementFileState } from '../schema/intake.ts';

/**
 * Inserts a file whose bytes are still arriving: its hash is known only at the end, so until then the row has a
 * temporary name.
 */
export async function insertStatementFile(
  tx: Transaction,
  file: {
    readonly fileId: string;
    readonly accountKey: string;
    readonly format: string | null;
    readonly profile: unknown;
    readonly accountNumber: string | null;
    readonly acceptsOpenEnd: boolean;
  },
): Promise<void> {
  const profile = file.profile ?? null;
  await tx.execute(sql`
    insert into statement_files (id, bank_account_key, sha256, state, format_asked, account_number, accepts_open_end, profile)
    values (${file.fileId}, ${file.accountKey}, ${`coming ${file.fileId}`}, 'received', ${file.format}, ${file.accountNumber}, ${file.acceptsOpenEnd},
            ${profile === null ? null : JSON.stringify(profile)}::jsonb)`);
}

/** Inserts the next piece of a file; `seq` counts from 0. */
export async function insertFileChunk(
  tx: Transaction,
  chunk: { readonly fileId: string; readonly seq: number; readonly bytes: Buffer },
): Promise<void> {
  await tx.execute(sql`
    insert into statement_file_chunks (file_id, seq, body)
    values (${chunk.fileId}, ${chunk.seq}, decode(${chunk.bytes.toString('base64')}, 'base64'))`);
}

/**
 * Names a file by its content once all of it is stored. Violates `statement_files_once` if the account already has the
 * file.
 */
export async function markFileStored(
  tx: Transaction,
  file: { readonly fileId: string; readonly sha256: string; readonly bytes: number },
): Promise<void> {
  await tx.execute(sql`
    update statement_files set sha256 = ${file.sha256}, bytes = ${file.bytes} where id = ${file.fileId}`);
}

/** The file of an account with this content. */
export async function findFileByHash(
  executor: Executor,
  file: { readonly accountKey: string; readonly sha256: string },
): Promise<string | null> {
  const rows = await executor.execute<{ id: string }>(sql`
    select id from statement_files where bank_account_key = ${file.accountKey} and sha256 = ${file.sha256}`);
  return rows[0]?.id ?? null;
}

/** Notes what a person confirmed with a repeat of a file, which was refused without it. */
export async function markConfirmed(
  executor: Executor,
  file: {
    readonly fileId: string;
    readonly accountNumber: string | null;
    readonly acceptsOpenEnd: boolean;
  },
): Promise<void> {
  await executor.execute(sql`
    update statement_files
       set account_number = coalesce(${file.accountNumber}, account_number), accepts_open_end = accepts_open_end or ${file.acceptsOpenEnd}
     where id = ${file.fileId} and state in ('received', 'refused')`);
}

/** The bytes of a stored file, a piece at a time. */
export async function* readStatementFile(
  executor: Executor,
  fileId: string,
): AsyncGenerator<Uint8Array> {
  for (let seq = 0; ; seq += 1) {
    const rows = await executor.execute<{ chunk: string }>(sql`
      select encode(body, 'base64') as chunk from statement_file_chunks where file_id = ${fileId} and seq = ${seq}`);
    if (rows[0] === undefined) return;
    yield Buffer.from(rows[0].chunk, 'base64');
  }
}

/** The options that a person gave with a file, and its release. */
export interface FileOrders {
  readonly format: string | null;
  readonly profile: unknown;
  /** The number of the account that the person expects in the file. */
  readonly accountNumber: string | null;
  /** Currency of the account that the file was handed in for. */
  readonly currency: string;
  /** The account's setting for entries that a file calls provisional. */
  readonly provisional: 'pending' | 'booked';
  readonly isReleased: boolean;
  readonly acceptsOpenEnd: boolean;
}

export async function findFileOrders(
  executor: Executor,
  fileId: string,
): Promise<FileOrders | null> {
  const rows = await executor.execute<{
    format_asked: string | null;
    profile: unknown;
    account_number: string | null;
    currency: string;
    provisional: 'pending' | 'booked';
    released: boolean;
    open_end: boolean;
  }>(sql`
    select f.format_asked, f.profile, f.account_number, a.currency, a.provisional, f.released_at is not null as released,
           f.accepts_open_end as open_end
      from statement_files f join bank_accounts a on a.key = f.bank_account_key where f.id = ${fileId}`);
  const row = rows[0];
  return row === undefined
    ? null
    : {
        format: row.format_asked,
        profile: row.profile,
        accountNumber: row.account_number,
        currency: row.currency,
        provisional: row.provisional,
        isReleased: row.released,
        acceptsOpenEnd: row.open_end,
      };
}

/** Records the state of a file; `reading` resets its counts. */
export async function markFile(
  executor: Executor,
  fileId: string,
  mark: {
    readonly state: StatementFileState;
    readonly runId?: string;
    readonly format?: string;
    readonly errorCode?: string;
    readonly errorWhere?: string | null;
  },
): Promise<void> {
  const isStart = mark.state === 'reading';
  await executor.execute(sql`
    update statement_files
       set state = ${mark.state}, run_id = coalesce(${mark.runId ?? null}, run_id), format = coalesce(${mark.format ?? null}, format),
           error_code = ${mark.errorCode ?? null}, error_where = ${mark.errorWhere ?? null},
           lines_read = case when ${isStart} then 0 else lines_read end
     where id = ${fileId}`);
}

/** Adds the counts of one part of a file. */
export async function addFileProgress(
  tx: Transaction,
  stretch: {
    readonly fileId: string;
    readonly position: number;
    readonly linesRead: number;
    readonly linesNew: number;
  },
): Promise<void> {
  await tx.execute(sql`
    update statement_files set lines_read = lines_read + ${stretch.linesRead}, lines_new = lines_new + ${stretch.linesNew}
     where id = ${stretch.fileId}`);
  await tx.execute(sql`
    update statements set lines_new = lines_new + ${stretch.linesNew}
     where file_id = ${stretch.fileId} and position = ${stretch.position}`);
}

/** Releases a quarantined file for capture; false if it is not, or no longer, quarantined. */
export async function releaseFile(
  tx: Transaction,
  release: { readonly fileId: string; readonly by: string; readonly reason: string },
): Promise<boolean> {
  const rows = await tx.execute(sql`
    update statement_files set released_by = ${release.by}, release_reason = ${release.reason}, released_at = now()
     where id = ${release.fileId} and state = 'held' and released_at is null returning id`);
  return rows.length === 1;
}

/** A file whose import is overdue. */
export interface ForgottenFile {
  readonly fileId: string;
  readonly accountKey: string;
  readonly sha256: string;
}

/** Files that were uploaded or released more than `olderThanMs` ago and whose import never ended. */
export async function listForgottenFiles(
  executor: Executor,
  { olderThanMs, limit }: { readonly olderThanMs: number; readonly limit: number },
): Promise<readonly ForgottenFile[]> {
  const rows = await executor.execute<{ id: string; key: string; sha256: string }>(sql`
    select id, bank_account_key as key, sha256 from statement_files
     where (state in ('received', 'reading') or (state = 'held' and released_at is not null))
       and coalesce(released_at, received_at) < now() - make_interval(secs => ${olderThanMs / 1_000})
     order by id limit ${limit}`);
  return rows.map(({ id, key, sha256 }) => ({ fileId: id, accountKey: key, sha256 }));
}
