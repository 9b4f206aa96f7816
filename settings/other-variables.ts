import { SECRET_SETTINGS } from './secret-files.ts';

/** Variables that Purser reads beside its settings; docs/settings.md lists them under "Other variables". */
export const OTHER_VARIABLES: readonly string[] = [
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'NO_COLOR',
  // Of the stack that a parent process starts.
  'PURSER_CHILD',
  'PURSER_DEBUG',
  'TEMPORAL_CLI_PATH',
  ...SECRET_SETTINGS.flatMap((name) => [name, `${name}_FILE`]),
];
