/**
 * True if an uncaught error is the driver writing to a connection that the server has cut (postgres 3.4.9, `nextWrite`;
 * porsager/postgres issues 1066, 1154 and 1208). The transaction is rejected by then. Only later statements of its
 * function throw, from a timer, where no caller can catch the error. `openDatabase` then replaces the pool.
 */
export function isLateDriverWrite(error: unknown): boolean {
  return (
    error instanceof TypeError &&
    error.message.includes("reading 'write'") &&
    /nextWrite .*postgres[\\/].*connection\.js/.test(error.stack ?? '')
  );
}
