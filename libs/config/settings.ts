import { isIP } from 'node:net';

/** How one environment variable is read. The table below is also the configuration reference in the docs. */
interface Setting<T> {
  readonly variable: string;
  readonly about: string;
  readonly shownDefault: string;
  /** Never shown: a secret, or an address that may hold one. */
  readonly isSecret?: boolean;
  /** Throws a sentence when the text does not fit. */
  readonly parse: (text: string | undefined) => T;
}

function text(variable: string, fallback: string, about: string): Setting<string> {
  return { variable, about, shownDefault: fallback, parse: (value) => value || fallback };
}

function optional(variable: string, about: string): Setting<string | undefined> {
  return { variable, about, shownDefault: '', parse: (value) => value || undefined };
}

function secret<T>(setting: Setting<T>): Setting<T> {
  return { ...setting, isSecret: true };
}

function list(variable: string, fallback: readonly string[], about: string): Setting<readonly string[]> {
  const parse = (value: string | undefined): readonly string[] => (value === undefined ? fallback : split(value));
  return { variable, about, shownDefault: fallback.join(','), parse };
}

function split(value: string): string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Addresses and CIDRs; `isIP` and the length of the prefix are all there is to check. */
function networks(variable: string, about: string): Setting<readonly string[]> {
  const parse = (value: string | undefined): readonly string[] => {
    const items = split(value ?? '');
    const bad = items.find((item) => !isNetwork(item));
    if (bad === undefined) return items;
    throw new Error(`${variable} must list addresses such as 10.0.0.1 or 10.0.0.0/8, but has ${JSON.stringify(bad)}.`);
  };
  return { variable, about, shownDefault: '', parse };
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  return (
    version !== 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)))
  );
}

function integer(variable: string, fallback: number, [min, max]: readonly [number, number], about: string): Setting<number> {
  const parse = (value: string | undefined): number => {
    if (!value) return fallback;
    const parsed = Number(value);
    if (Number.isInteger(parsed) && parsed >= min && parsed <= max) return parsed;
    throw new Error(`${variable} must be a whole number from ${min} to ${max}, but is ${JSON.stringify(value)}.`);
  };
  return { variable, about, shownDefault: String(fallback), parse };
}

const UNITS_OF_SIZE = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 } as const;
const UNITS_OF_TIME = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A number with a unit, such as `256kb` or `30d`; undefined for anything else. */
function measure(value: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(value.toLowerCase()) ?? [];
  const size = Object.hasOwn(units, unit) ? units[unit] : undefined;
  return amount === undefined || size === undefined ? undefined : Math.round(Number(amount) * size);
}

/** In bytes. */
function size(variable: string, fallback: string, [min, max]: readonly [string, string], about: string): Setting<number> {
  const bytes = (text: string): number => measure(text, UNITS_OF_SIZE) ?? NaN;
  const parse = (value: string | undefined): number => {
    const parsed = bytes(value || fallback);
    if (parsed >= bytes(min) && parsed <= bytes(max)) return parsed;
    throw new Error(`${variable} must be a size from ${min} to ${max} such as "${fallback}", but is ${JSON.stringify(value)}.`);
  };
  return { variable, about, shownDefault: fallback, parse };
}

/** In milliseconds, at least `min`. */
function duration(variable: string, fallback: string, min: string, about: string): Setting<number> {
  const milliseconds = (text: string): number => measure(text, UNITS_OF_TIME) ?? NaN;
  const parse = (value: string | undefined): number => {
    const parsed = milliseconds(value || fallback);
    if (parsed >= milliseconds(min)) return parsed;
    throw new Error(`${variable} must be a duration of ${min} or more such as "${fallback}", but is ${JSON.stringify(value)}.`);
  };
  return { variable, about, shownDefault: fallback, parse };
}

/** A duration, or undefined for `off`. */
function durationOrOff(variable: string, fallback: string, min: string, about: string): Setting<number | undefined> {
  const { parse, ...setting } = duration(variable, fallback, min, `${about} \`off\` switches it off.`);
  return { ...setting, parse: (value) => (value?.toLowerCase() === 'off' ? undefined : parse(value)) };
}

function oneOf<T extends string>(variable: string, values: readonly [T, ...T[]], about: string): Setting<T> {
  const parse = (value: string | undefined): T => {
    const found = value ? values.find((candidate) => candidate === value) : values[0];
    if (found) return found;
    throw new Error(`${variable} must be one of ${values.join(', ')}, but is ${JSON.stringify(value)}.`);
  };
  return { variable, about: `${about} One of: ${values.join(', ')}.`, shownDefault: values[0], parse };
}

function url(variable: string, protocols: readonly string[], about: string): Setting<string | undefined> {
  const parse = (value: string | undefined): string | undefined => {
    if (!value) return undefined;
    if (URL.canParse(value) && protocols.includes(new URL(value).protocol)) return value;
    throw new Error(`${variable} must be a URL that starts with ${protocols.map((name) => `${name}//`).join(' or ')}.`);
  };
  return { variable, about, shownDefault: '', parse };
}

/** Every setting there is. */
export const SETTINGS = {
  host: text('HOST', '127.0.0.1', 'Address to listen on. Anything but loopback is reachable from outside.'),
  port: integer('PORT', 3000, [0, 65535], 'Port to listen on; 0 takes a free one.'),
  home: text('MILLRACE_HOME', './.millrace', 'Folder for the private database, the token and the logs.'),
  flows: text('MILLRACE_FLOWS', './flows', 'Folder of the flow files.'),
  source: oneOf(
    'MILLRACE_SOURCE',
    ['folder', 'database'],
    'Where flows come from: the folder is published at start and on change, or only what is stored runs.',
  ),
  credentials: text('MILLRACE_CREDENTIALS', '', 'File of the credentials; default: credentials.json beside the flows.'),
  plugins: list('MILLRACE_PLUGINS', ['./plugins'], 'Folders or npm packages with plugins, comma separated.'),
  databaseUrl: secret(
    url('DATABASE_URL', ['postgres:', 'postgresql:'], 'An existing PostgreSQL (14 or newer) instead of the private one.'),
  ),
  redisUrl: secret(url('REDIS_URL', ['redis:', 'rediss:'], 'A Redis for the queue instead of PostgreSQL.')),
  token: secret(optional('MILLRACE_TOKEN', 'Token of the control API; default: generated into $MILLRACE_HOME/token.')),
  key: secret(
    optional(
      'MILLRACE_KEY',
      'Key that seals credentials, 32 bytes in base64 or hexadecimal; several with commas, the current one first. Default: generated into $MILLRACE_HOME/key.',
    ),
  ),
  publicUrl: url(
    'MILLRACE_PUBLIC_URL',
    ['http:', 'https:'],
    'How callers reach this server: shown, and part of what some providers sign. A path in it is the prefix under which a proxy passes requests on, kept or taken away.',
  ),
  trustedProxies: networks(
    'MILLRACE_TRUSTED_PROXIES',
    'Addresses or CIDRs of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, comma separated.',
  ),
  tlsCert: optional('MILLRACE_TLS_CERT', 'File with the certificate chain (PEM), to speak https without a proxy. Read at start.'),
  tlsKey: optional('MILLRACE_TLS_KEY', 'File with the private key of the certificate (PEM).'),
  httpAllow: list('MILLRACE_HTTP_ALLOW', [], 'Addresses or CIDRs that outgoing requests may reach although private, comma separated.'),
  hideUnknown: oneOf('MILLRACE_HIDE_UNKNOWN', ['false', 'true'], 'Answer unknown flows with 401 like a failed credential.'),
  slots: integer('MILLRACE_SLOTS', 256, [1, 10_000], 'Runs that one runner works on at the same time.'),
  maxBody: integer(
    'MILLRACE_MAX_BODY',
    1024 * 1024,
    [1024, 100 * 1024 * 1024],
    'Largest request body in bytes, unless a flow sets its own.',
  ),
  maxPending: integer(
    'MILLRACE_MAX_PENDING',
    64 * 1024 * 1024,
    [1024 * 1024, 8 * 1024 ** 3],
    'Bytes of requests in memory, not yet written, above which callers get 503.',
  ),
  maxSteps: integer('MILLRACE_MAX_STEPS', 100_000, [1, 10_000_000], 'Steps of one run, the items of loops included.'),
  maxRunTime: duration('MILLRACE_MAX_RUN_TIME', '90d', '1s', 'How long after its start a run may begin another step; waits count.'),
  maxLoopItems: integer('MILLRACE_MAX_LOOP_ITEMS', 100_000, [1, 10_000_000], 'Items of one loop, and rounds of one `repeat`.'),
  keptItems: integer(
    'MILLRACE_KEPT_ITEMS',
    20,
    [0, 1_000],
    'Finished items of one loop that keep what their steps did: so many, and so many more in which something failed. 0: none.',
  ),
  maxOutput: size('MILLRACE_MAX_OUTPUT', '32mb', ['1kb', '256mb'], 'What one step may give.'),
  maxJournal: size('MILLRACE_MAX_JOURNAL', '512mb', ['64kb', '64gb'], 'What all steps of a run may be given and give together.'),
  maxInline: size(
    'MILLRACE_MAX_INLINE',
    '256kb',
    ['1kb', '16mb'],
    'What a step gives above this size lies in a file instead of the database.',
  ),
  blobs: text('MILLRACE_BLOBS', '', 'Folder of these files, shared by all processes; default: blobs in MILLRACE_HOME.'),
  retention: durationOrOff(
    'MILLRACE_RETENTION',
    '30d',
    '1d',
    'How long events, ended runs and their steps are kept, counted from when they came in, by whole weeks; dead letters and active runs stay.',
  ),
  maxWaiting: integer(
    'MILLRACE_MAX_WAITING',
    1_000,
    [0, 100_000],
    'Callers kept waiting for the answer of their run, above which they get 202 with a status URL at once.',
  ),
  poolSize: integer('MILLRACE_POOL_SIZE', 8, [3, 200], 'Database connections of one process.'),
  logLevel: oneOf('MILLRACE_LOG_LEVEL', ['info', 'debug', 'warn', 'error', 'silent'], 'How much is logged.'),
  logFormat: oneOf('MILLRACE_LOG_FORMAT', ['text', 'json'], 'How log lines look.'),
} as const;

/** The configuration, every value decided. */
export type Settings = { readonly [K in keyof typeof SETTINGS]: ReturnType<(typeof SETTINGS)[K]['parse']> };

/** A variable that does not fit: the message says which and what it should be. */
export class ConfigurationError extends Error {
  readonly code = 'config.invalid';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigurationError';
  }
}

/** Reads all settings at once, so that all mistakes are reported at once. */
export function parseSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const problems: string[] = [];
  const entries = Object.entries(SETTINGS).map(([key, setting]) => {
    try {
      return [key, setting.parse(env[setting.variable])];
    } catch (error) {
      problems.push((error as Error).message);
      return [key, undefined];
    }
  });
  const { tlsCert, tlsKey } = SETTINGS;
  if (!env[tlsCert.variable] !== !env[tlsKey.variable])
    problems.push(`Set both ${tlsCert.variable} and ${tlsKey.variable}, or none of them.`);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return Object.fromEntries(entries) as Settings;
}
