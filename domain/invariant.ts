/** Thrown by {@link invariant}: our own bug, never bad input. The run fails loudly and no money moves. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

/** States what must hold here if the program is right; throws {@link InvariantViolation} if it does not. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantViolation(message);
}
