/**
 * The SQLSTATE of the refusal by the database, with the constraint if it names one; `accepted` if there was no refusal.
 */
export async function sqlStateOf(work: PromiseLike<unknown>): Promise<string> {
  try {
    await work;
    return 'accepted';
  } catch (error) {
    return describe(error);
  }
}

function describe(error: unknown): string {
  for (let each = error; each instanceof Error; each = each.cause) {
    const code: unknown = Reflect.get(each, 'code');
    const constraint: unknown = Reflect.get(each, 'constraint_name');
    if (typeof code !== 'string') continue;
    return typeof constraint === 'string' ? `${code} ${constraint}` : code;
  }
  throw error;
}
