import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { jest } from '@jest/globals';
import { MAIN, startInstance } from '../support/instance.js';
import { startReceiver } from '../support/receiver.js';

jest.setTimeout(300_000);

interface Played {
  readonly code: number | null;
  readonly text: string;
  /** What was printed about one scene, by a part of its title. */
  scene(title: string): string;
}

interface Playing {
  readonly child: ChildProcess;
  /** Resolves once the demo has printed something that fits. */
  printed(pattern: RegExp): Promise<void>;
  readonly ended: Promise<Played>;
}

function play(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Playing {
  const child = spawn(process.execPath, [MAIN, 'demo', ...args], { env: { ...process.env, ...env } });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const ended = once(child, 'close').then(([code]) => {
    return { code: code as number | null, text, scene: (title: string) => sceneOf(text, title) };
  });
  return {
    child,
    ended,
    printed: async (pattern) => {
      while (!pattern.test(text)) await Promise.race([once(child.stdout, 'data'), ended.then(() => Promise.reject(new Error(text)))]);
    },
  };
}

function sceneOf(text: string, title: string): string {
  const scene = text.split(/\n(?=\d+\. )/).find((part) => part.split('\n')[0]?.includes(title));
  if (scene === undefined) throw new Error(`No scene "${title}" in:\n${text}`);
  return scene;
}

function homeOf(text: string): string {
  return /its data is in (\S+)/.exec(text)?.[1] ?? 'no home was printed';
}

/** Who got something, in order. */
function receivers(scene: string): string[] {
  return [...scene.matchAll(/^ {3}→ (.+?) {2,}/gm)].map((match) => match[1] ?? '');
}

describe('the demo with an instance of its own', () => {
  let played: Played;

  beforeAll(async () => {
    // Whatever the environment says of real services must not matter.
    const real = { DATABASE_URL: 'postgres://nowhere.invalid/x', SALES_SLACK_WEBHOOK_URL: 'https://nowhere.invalid/', PORT: '1' };
    played = await play([], real).ended;
  });

  it('ends well when everything came as it should', () => {
    expect({ code: played.code, wrong: played.text.match(/WRONG.*/g) }).toEqual({ code: 0, wrong: null });
  });

  it('brings a signed GitHub push to Slack, and to Discord because it was forced', () => {
    const scene = played.scene('GitHub');
    expect(receivers(scene)).toEqual(['Slack', 'Discord']);
    expect(scene).toContain('*ada* pushed 2 commits to <https://github.com/example/parcels/compare/');
    expect(scene).toMatch(/• `[0-9a-f]{7}` Weigh parcels in grams \(Ada Lovelace\)/);
    expect(scene).toContain('ada force-pushed example/parcels');
    expect(scene).toMatch(/run +succeeded: push → tellDevelopers → rewritten → warnTeam/);
  });

  it('escapes what a commit message could do to Slack', () => {
    expect(played.scene('GitHub')).toContain('Ask &lt;carrier> &amp; customs');
  });

  it('refuses a request that was changed after it was signed, without saying why', () => {
    const scene = played.scene('changed by one byte');
    expect(scene).toContain('401 request.unauthorized');
    expect(receivers(scene)).toEqual([]);
  });

  it('brings a lead to HubSpot and then, with its contact, to sales', () => {
    const scene = played.scene('a lead with 80 seats');
    expect(receivers(scene)).toEqual(['HubSpot', 'Slack']);
    expect(scene).toContain('grace.hopper@example.com: firstname=Grace, lastname=Hopper, company=Compilers & Co');
    expect(scene).toMatch(/New lead: Grace Hopper \(Compilers & Co\), 80 seats, HubSpot contact \d+/);
    expect(scene).toMatch(/run +succeeded: contact → big → tellSales/);
  });

  it('recognises the same lead by its id and runs nothing', () => {
    const event = /202 event ([0-9a-f-]{36})/.exec(played.scene('a lead with 80 seats'))?.[1];
    const scene = played.scene('the same lead again');
    expect(scene).toContain(`200 duplicate of event ${event}`);
    expect(receivers(scene)).toEqual([]);
  });

  it('opens one ticket with the transcript, under an idempotency key, and hands it to support', () => {
    const scene = played.scene('wants a person');
    expect(receivers(scene)).toEqual(['Zendesk', 'Slack']);
    expect(scene).toContain('Chat with Katherine Johnson: Parcel lost in orbit (urgent)');
    expect(scene).toContain('bot: I am sorry. Have you tried tracking it?');
    expect(scene).toMatch(/Idempotency-Key: [0-9a-f-]{36}\/ticket/);
    expect(scene).toMatch(/#support: Katherine Johnson waits .*\/agent\/tickets\/\d+\|ticket \d+>/);
  });

  it('books an order in our own API and tells the team', () => {
    const scene = played.scene('SQUAKE');
    expect(receivers(scene)).toEqual(['own API', 'Discord']);
    expect(scene).toMatch(/PUT \/climate-orders\/purchase_[0-9a-f]+/);
    expect(scene).toContain('"carbonQuantity":1.42,"carbonUnit":"tonne","total":3550,"currency":"EUR","booking":"booking-4711"');
    expect(scene).toContain('1.42 tonne CO₂e compensated for 35.50 EUR');
  });

  it('leaves nothing behind', async () => {
    const home = homeOf(played.text);
    expect({ home, exists: existsSync(home) }).toEqual({ home: expect.stringContaining('millrace-demo-'), exists: false });
    await expect(fetch(/instance +(http:\S+),/.exec(played.text)?.[1] ?? '')).rejects.toThrow();
  });
});

it('cleans up after Ctrl-C', async () => {
  const { child, printed, ended } = play();
  await printed(/its data is in/);
  child.kill('SIGINT');
  const { code, text } = await ended;
  expect({ code, exists: existsSync(homeOf(text)) }).toEqual({ code: 130, exists: false });
});

it('says what it needs when the credentials file is another one', async () => {
  const { code, text } = await play([], { MILLRACE_CREDENTIALS: 'package.json' }).ended;
  expect({ code, text }).toEqual({ code: 1, text: expect.stringContaining('has no "github", which the demo\'s flows use') });
});

it('says so when nothing answers at the address', async () => {
  const nobody = await startReceiver();
  await nobody.close();
  const env = { MILLRACE_TOKEN: 'any', GITHUB_WEBHOOK_SECRET: 'a-secret-of-the-test-1' };
  const { code, text } = await play(['--url', nobody.url], env).ended;
  expect({ code, text }).toEqual({ code: 1, text: expect.stringContaining(`Nothing answers at ${nobody.url}`) });
  expect(text).not.toContain('    at ');
});

describe('the demo on an instance that runs already', () => {
  const SECRETS = {
    GITHUB_WEBHOOK_SECRET: 'a-secret-of-the-test-1',
    CHATBOT_SECRET: 'a-secret-of-the-test-2',
    SQUAKE_SIGNING_KEY: 'a-secret-of-the-test-3',
  };
  const steps = [{ id: 'note', use: 'log', with: { message: 'seen' } }];
  const hmac = (env: string): object => ({ type: 'hmac', scheme: 'github', secrets: [{ env }] });
  const flow = (id: string, credential: string): object => {
    const dedupe = id === 'lead-captured' ? { dedupe: { key: '{{ trigger.body.id }}' } } : {};
    return { format: 1, id, trigger: { type: 'webhook', credential, ...dedupe }, steps };
  };
  const flows = {
    'github-push': flow('github-push', 'github'),
    'lead-captured': flow('lead-captured', 'chatbot'),
    'handoff-requested': flow('handoff-requested', 'chatbot'),
    'squake-order': flow('squake-order', 'squake'),
    credentials: { github: hmac('GITHUB_WEBHOOK_SECRET'), chatbot: hmac('CHATBOT_SECRET'), squake: hmac('SQUAKE_SIGNING_KEY') },
  };

  it('sends what that instance accepts and follows its runs, or says which variable is missing', async () => {
    const instance = await startInstance({ flows, env: SECRETS });
    const env = { MILLRACE_HOME: instance.home, MILLRACE_FLOWS: instance.flows };
    const { code, text } = await play(['--url', instance.url], { ...env, ...SECRETS }).ended;
    expect({ code, wrong: text.match(/WRONG.*/g) }).toEqual({ code: 0, wrong: null });
    expect(text.match(/run +succeeded: note/g)).toHaveLength(4);
    const without = await play(['--url', instance.url], { ...env, ...SECRETS, CHATBOT_SECRET: '' }).ended;
    expect(without.code).toBe(1);
    expect(without.text).toContain('needs the environment variable CHATBOT_SECRET');
  });
});
