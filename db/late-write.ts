/**
 * Whether an uncaught error is the driver writing to a connection that the server has cut (postgres 3.4.9, `nextWrite`;
 * porsager/postgres issues 1066, 1154 and 1208). The transaction is rejected by then; only what its function sends
 * afterwards throws, from a timer, where nobody can catch it. `openDatabase` replaces the pool that this happens to.
 */
export function isLateDriverWrite(error: unknown): boolean {
  return (
    error instanceof TypeError &&
    error.message.includes("reading 'write'") &&
    /nextWrite .*postgres[\\/].*connection\.js/.test(error.stack ?? '')
  );
}
