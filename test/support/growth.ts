const TURNS = 3;
/** Below this, the clock and the garbage collector dominate the measurement. */
const LEAST_MS = 20;

/**
 * The factor of processor time for four times the input: about 4 if work grows with its input, 16 if it grows with the
 * square. A ratio, so that it is the same on a slow or busy machine.
 */
export async function growthOfWork(work: (times: number) => unknown): Promise<number> {
  const once = await leastMs(() => work(1));
  const fourTimes = await leastMs(() => work(4));
  return fourTimes / Math.max(once, LEAST_MS);
}

async function leastMs(work: () => unknown): Promise<number> {
  const all: number[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    all.push((user + system) / 1_000);
  }
  return Math.min(...all);
}
