import { ConfigurationError, parseSettings, SETTINGS } from './settings.js';

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    parseSettings(env);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems;
  }
}

describe('settings', () => {
  it('have defaults that let everything run on this machine only', () => {
    expect(parseSettings({})).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      home: './.millrace',
      flows: './flows',
      source: 'folder',
      plugins: ['./plugins'],
      databaseUrl: undefined,
      redisUrl: undefined,
      httpAllow: [],
      hideUnknown: 'false',
    });
  });

  it('that are empty count as not set, as a shell or a compose file leaves them', () => {
    const empty = Object.fromEntries(Object.values(SETTINGS).map(({ variable }) => [variable, '']));
    expect(parseSettings(empty)).toEqual({ ...parseSettings({}), plugins: [] });
  });

  it('are all reported at once, each with its variable and what it should be', () => {
    const problems = problemsOf({
      PORT: 'many',
      MILLRACE_SLOTS: '0',
      MILLRACE_SOURCE: 'git',
      DATABASE_URL: 'mysql://secret@db/x',
      HOST: 'anything',
    });
    expect(problems).toHaveLength(4);
    expect(problems).toEqual(
      expect.arrayContaining([
        'PORT must be a whole number from 0 to 65535, but is "many".',
        'MILLRACE_SLOTS must be a whole number from 1 to 10000, but is "0".',
        'MILLRACE_SOURCE must be one of folder, database, but is "git".',
        'DATABASE_URL must be a URL that starts with postgres:// or postgresql://.',
      ]),
    );
    expect(problems.join()).not.toContain('secret');
  });

  it.each([
    ['PORT', '-1'],
    ['PORT', '65536'],
    ['PORT', '3000.5'],
    ['PORT', 'NaN'],
    ['PORT', 'Infinity'],
    ['MILLRACE_MAX_BODY', '10'],
    ['REDIS_URL', 'redis'],
    ['REDIS_URL', 'http://localhost'],
    ['MILLRACE_PUBLIC_URL', 'hooks.example.com'],
    ['MILLRACE_HIDE_UNKNOWN', 'yes'],
    ['MILLRACE_MAX_OUTPUT', '32'],
    ['MILLRACE_MAX_OUTPUT', '1b'],
    ['MILLRACE_MAX_JOURNAL', '1tb'],
    ['MILLRACE_MAX_RUN_TIME', 'off'],
    ['MILLRACE_MAX_RUN_TIME', '10ms'],
    ['MILLRACE_LOG_LEVEL', 'INFO'],
  ])('%s=%s is refused', (variable, value) => {
    expect(problemsOf({ [variable]: value })).toEqual([expect.stringContaining(`${variable} must be`)]);
  });

  it('that are sizes are read in units of 1024, and durations in milliseconds', () => {
    const read = parseSettings({ MILLRACE_MAX_OUTPUT: '64KB', MILLRACE_MAX_RUN_TIME: '1.5h' });
    expect([read.maxOutput, read.maxRunTime]).toEqual([65_536, 5_400_000]);
  });

  it('that are lists lose white space and empty parts', () => {
    expect(parseSettings({ MILLRACE_HTTP_ALLOW: ' 10.0.0.0/8, ,127.0.0.1,' }).httpAllow).toEqual(['10.0.0.0/8', '127.0.0.1']);
  });

  it('are read from a variable each, described in one sentence or more', () => {
    const variables = Object.values(SETTINGS).map(({ variable }) => variable);
    expect(new Set(variables).size).toBe(variables.length);
    for (const { about } of Object.values(SETTINGS)) expect(about).toMatch(/^[A-Z].*\.$/);
  });
});

describe('networks and certificates', () => {
  it.each(['10.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8,192.168.0.0/16'])('%p names proxies', (value) => {
    expect(parseSettings({ MILLRACE_TRUSTED_PROXIES: value }).trustedProxies).toEqual(value.split(','));
  });

  it.each(['proxy.example.com', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0/8', '::1/129', '10.0.0.1/x'])('%p names none', (value) => {
    expect(() => parseSettings({ MILLRACE_TRUSTED_PROXIES: value })).toThrow('MILLRACE_TRUSTED_PROXIES must list addresses');
  });

  it('a certificate needs its key, and a key its certificate', () => {
    expect(() => parseSettings({ MILLRACE_TLS_CERT: 'cert.pem' })).toThrow('Set both MILLRACE_TLS_CERT and MILLRACE_TLS_KEY');
    expect(() => parseSettings({ MILLRACE_TLS_KEY: 'key.pem' })).toThrow('Set both MILLRACE_TLS_CERT and MILLRACE_TLS_KEY');
    expect(parseSettings({ MILLRACE_TLS_CERT: 'c', MILLRACE_TLS_KEY: 'k' })).toMatchObject({ tlsCert: 'c', tlsKey: 'k' });
  });
});
