import { urlFault, type AddressRule } from '../../bank/http/address-rule.ts';
import type { AccountSettings } from '../../db/queries/bank-accounts.ts';
import { isTimeZone } from '../../domain/local-date.ts';
import { isSecretName, SECRET_NAME_WORDS } from '../../domain/secret-names.ts';

/** Every fault of an account's settings, each as `setting: what is wrong`; none if it can be read. */
export function accountFaults(
  settings: AccountSettings & { readonly currency: string },
  addresses: AddressRule,
): readonly string[] {
  const faults: string[] = [];
  const { currency, timeZone } = settings;
  const [apiUrl, feed] = [settings.apiUrl ?? null, settings.feed ?? null];
  if (!/^[A-Z]{3}$/.test(currency)) faults.push('currency: is not a code such as ZAR');
  if (timeZone !== undefined && !isTimeZone(timeZone))
    faults.push('timeZone: is not a time zone name such as Africa/Johannesburg');
  if (feed !== null)
    for (const name of ['apiUrl', 'bankAccountId', 'apiKeyEnv'] as const)
      if ((settings[name] ?? null) === null) faults.push(`${name}: is needed with a feed`);
  if ((settings.fieldMap ?? null) !== null && feed !== 'json')
    faults.push('fieldMap: needs the feed json');
  if (apiUrl !== null) faults.push(...addressFaults(apiUrl, addresses));
  return [...faults, ...secretFaults(settings)];
}

function addressFaults(address: string, rule: AddressRule): readonly string[] {
  if (!URL.canParse(address)) return ['apiUrl: is not an address'];
  const url = new URL(address);
  if (!['http:', 'https:'].includes(url.protocol)) return ['apiUrl: is neither https nor http'];
  if (url.username !== '' || url.password !== '')
    return ['apiUrl: holds a password; the key belongs into the environment'];
  const fault = urlFault(url, rule);
  return fault === null ? [] : [`apiUrl: ${fault}`];
}

function secretFaults({ apiKeyEnv, webhookSecretEnv }: AccountSettings): readonly string[] {
  return (
    [
      ['apiKeyEnv', 'api_key', apiKeyEnv],
      ['webhookSecretEnv', 'webhook_secret', webhookSecretEnv],
    ] as const
  ).flatMap(([field, kind, name]) =>
    name === null || name === undefined || isSecretName(kind, name)
      ? []
      : [`${field}: must be ${SECRET_NAME_WORDS[kind]}: the name of a variable, not its value`],
  );
}
