/** Permissions of a key. Each route needs exactly one. */
export const SCOPES = [
  'account:operate',
  'account:read',
  'claim:read',
  'claim:write',
  'audit:read',
  'decision:approve',
  'deposit:read',
  'gate:operate',
  'gate:read',
  'key:admin',
  'notification:write',
  'return:export',
  'review:decide',
  'review:read',
  'review:work',
  'run:read',
  'run:start',
  'statement:read',
  'statement:release',
  'statement:write',
  'status:read',
  'wallet:create',
  'wallet:mint_token',
  'wallet:operate',
  'wallet:read',
  'wallet:register_code',
  'wallet:spend',
] as const;

export type Scope = (typeof SCOPES)[number];

/** Scopes that only a person's key may hold: a service never decides about money. */
export const PERSON_ONLY_SCOPES: ReadonlySet<Scope> = new Set<Scope>([
  'account:operate',
  'wallet:operate',
  'gate:operate',
  'key:admin',
  'decision:approve',
  'review:decide',
  'statement:release',
]);

/** Whether `text` names a scope. */
export function isScope(text: string): text is Scope {
  return SCOPES.some((scope) => scope === text);
}
