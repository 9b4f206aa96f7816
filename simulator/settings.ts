/** Settings of one simulated bank; see `readSettings` for the variables. */
export interface SimulatorSettings {
  /** 0 means any free port. */
  readonly port: number;
  readonly seed: string;
  /** Bearer key of the json protocol; `client:secret:key` also opens the investec protocol. */
  readonly apiKey: string;
  readonly adminKey: string;
  readonly accountId: string;
  readonly timeZone: string;
  readonly webhookUrl: string | null;
  /** `whsec_` + base64. */
  readonly webhookSecret: string | null;
  readonly pageSize: number;
  /** File that keeps the lines across restarts; null keeps them only in memory. */
  readonly stateFile: string | null;
  readonly now: () => Date;
}

/** Reads the settings from the environment; throws one error that lists every fault. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): SimulatorSettings {
  const faults: string[] = [];
  const present = (name: string): string | null => {
    const value = env[name];
    return value === undefined || value === '' ? null : value;
  };
  const required = (name: string): string => {
    const value = present(name);
    if (value === null) faults.push(`${name} is missing.`);
    return value ?? '';
  };
  const whole = (name: string, fallback: number, max: number): number => {
    const value = present(name) ?? fallback.toString();
    const fits = /^[0-9]{1,6}$/.test(value) && Number(value) <= max;
    if (!fits) faults.push(`${name} must be a whole number up to ${max}, found "${value}".`);
    return Number(value);
  };

  const settings: SimulatorSettings = {
    port: whole('SIMULATOR_PORT', 0, 65_535),
    seed: present('SIMULATOR_SEED') ?? '1',
    apiKey: required('SIMULATOR_API_KEY'),
    adminKey: required('SIMULATOR_ADMIN_KEY'),
    accountId: required('SIMULATOR_ACCOUNT_ID'),
    timeZone: present('SIMULATOR_TIME_ZONE') ?? 'Africa/Johannesburg',
    webhookUrl: present('SIMULATOR_WEBHOOK_URL'),
    webhookSecret: present('SIMULATOR_WEBHOOK_SECRET'),
    pageSize: whole('SIMULATOR_PAGE_SIZE', 500, 10_000),
    stateFile: present('SIMULATOR_STATE_FILE'),
    now: () => new Date(),
  };
  const { webhookSecret, webhookUrl } = settings;
  if (webhookSecret !== null && !/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(webhookSecret)) {
    faults.push('SIMULATOR_WEBHOOK_SECRET must be whsec_ followed by base64.');
  }
  if (webhookUrl !== null && !URL.canParse(webhookUrl)) {
    faults.push('SIMULATOR_WEBHOOK_URL is not a URL.');
  }
  if (settings.pageSize < 1) faults.push('SIMULATOR_PAGE_SIZE must be at least 1.');
  if (faults.length > 0) throw new Error(`The simulator cannot start. ${faults.join(' ')}`);
  return settings;
}
