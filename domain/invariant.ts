/** Thrown by {@link invariant}: our own bug, never bad input. The run fails and no money moves. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

/** Asserts a condition that only a bug can break; throws {@link InvariantViolation} if it is false. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantViolation(message);
}
