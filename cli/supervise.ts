/** Tells whoever started this process that it works, if anyone listens. */
export function sayReady(url?: string): void {
  process.send?.({ event: 'ready', ...(url === undefined ? {} : { url }) });
}

/**
 * Resolves once the process was asked to stop: Ctrl-C, SIGTERM, or the death of the process that started it.
 * A second Ctrl-C ends the process at once.
 */
export function untilAskedToStop(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    const ask = (why: string) => () => {
      if (asked && why === 'SIGINT') process.exit(130);
      asked = true;
      resolve(why);
    };
    process.on('SIGINT', ask('SIGINT'));
    process.on('SIGTERM', ask('SIGTERM'));
    if (process.env['PURSER_CHILD'] === '1') process.on('disconnect', ask('disconnect'));
  });
}
