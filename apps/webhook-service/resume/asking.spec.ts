import { createHash } from 'node:crypto';
import type { Answer } from '../door/answers.js';
import { contentOf, NOW, request, type Sent } from '../door/rig.js';
import { KEY, TARGET, URL, worldOf, type Standing, type World } from './rig.js';

const ASK = { title: 'Refund?', answers: { approve: 'Approve', decline: 'Decline' }, comment: 'Why?' };
const UNTIL = Date.parse('2026-03-04T12:00:00Z');
const question = { title: 'Refund 40 €?', text: 'First line\nsecond' };
const asked: Standing = { row: { status: 'waiting', input: question, resumeAt: UNTIL } };
const HTML = ['Accept', 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8'];
const FORM = ['Content-Type', 'application/x-www-form-urlencoded'];

const asking = (standing: Standing = asked, ask: object = ASK, rest: object = {}): World =>
  worldOf({ webhook: { ask, ...rest } }, standing);

function sent({ door }: World, parts: Sent, target = TARGET): Promise<Answer> {
  return door.receive(target, request({ url: URL, ...parts }));
}

const look = (world: World, rawHeaders: string[] = HTML, method = 'GET'): Promise<Answer> => sent(world, { method, rawHeaders, body: '' });
const press = (world: World, body: string): Promise<Answer> => sent(world, { rawHeaders: [...HTML, ...FORM], body });
const post = (world: World, body: object): Promise<Answer> =>
  sent(world, { rawHeaders: ['Content-Type', 'application/json'], body: JSON.stringify(body) });

/** What is on a page, without its markup. */
function words({ body = '' }: Answer): string {
  const inline = /<\/?(strong|time|a)\b[^>]*>/g;
  const text = body
    .replace(/[^]*<body>/, '')
    .replace(inline, '')
    .replace(/<[^>]*>/g, ' ');
  return text.replace(/ +/g, ' ').trim();
}

describe('whoever looks at a question', () => {
  it('sees it on a page with a button for each answer, and answers nothing by that', async () => {
    const world = asking();
    const answer = await look(world);
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('<h1 dir="auto">Refund 40 €?</h1>');
    expect(answer.body).toContain('<p class="text" dir="auto">First line\nsecond</p>');
    expect(answer.body).toContain('<button name="answer" value="approve" class="first" dir="auto">Approve</button>');
    expect(answer.body).toContain('<button name="answer" value="decline" class="other" dir="auto">Decline</button>');
    expect(answer.body).toMatch(/<label for="comment" dir="auto">Why\?<\/label\s*><textarea id="comment" name="comment" maxlength="5000"/);
    expect(words(answer)).toContain('You can answer until 4 March 2026 at 12:00 UTC.');
    expect([world.resumed, world.refusals]).toEqual([[], []]);
  });

  it('is asked for no comment where the flow wants none', async () => {
    const { title, answers } = ASK;
    expect((await look(asking(asked, { title, answers }))).body).not.toContain('<textarea');
  });

  it('gets it as JSON in a program, by HEAD as by GET', async () => {
    const world = asking();
    const view = {
      runId: TARGET.runId,
      state: 'asked',
      ...question,
      answers: ASK.answers,
      comment: 'Why?',
      until: '2026-03-04T12:00:00.000Z',
    };
    for (const accept of [[], ['Accept', '*/*'], ['Accept', 'application/json, text/html;q=0']])
      expect(contentOf(await look(world, accept))).toEqual(view);
    expect(await look(world, [], 'HEAD')).toEqual(await look(world, []));
    expect(await look(world, HTML, 'HEAD')).toEqual(await look(world));
  });

  it('can hand its page to no cache, no other site and no search engine, and nothing runs on it', async () => {
    const { headers, body } = await look(asking());
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
      'x-content-type-options': 'nosniff',
    });
    const style = /<style>([^]*)<\/style>/.exec(body!)![1]!;
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    );
    expect(body).toMatch(/^<!doctype html>\n<html lang="en">/);
  });

  it.each(['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "' onmouseover='x", '</title></style><b>', '&lt;b&gt;'])(
    'sees a hostile %s as text, wherever it stands',
    async (hostile) => {
      const row = { status: 'waiting', input: { title: hostile, text: hostile }, resumeAt: UNTIL } as const;
      const { body = '' } = await look(asking({ row }, { title: 'T', answers: { yes: hostile }, comment: hostile }));
      const escaped = hostile
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;')
        .replaceAll('"', '&quot;')
        .replaceAll("'", '&#39;');
      expect(body.split(escaped)).toHaveLength(6);
      expect(body).not.toContain(hostile);
    },
  );

  it.each<[string, Standing, number, string, object]>([
    [
      'that the run has not come to it',
      { status: 'running' },
      202,
      'The run has not come to this question.',
      { runId: TARGET.runId, state: 'early' },
    ],
    [
      'what was answered while the run goes on',
      { ...asked, resumption: { body: { answer: 'decline' }, receivedAt: NOW } },
      200,
      'The answer was Decline, on 1 March 2026 at 12:00 UTC.',
      { runId: TARGET.runId, state: 'answered', answer: 'decline', answeredAt: '2026-03-01T12:00:00.000Z' },
    ],
    [
      'what was answered long after the run',
      { status: 'succeeded', row: { status: 'succeeded', output: { answer: 'approve', comment: 'secret' }, finishedAt: NOW } },
      200,
      'The answer was Approve, on 1 March 2026 at 12:00 UTC.',
      { runId: TARGET.runId, state: 'answered', answer: 'approve', answeredAt: '2026-03-01T12:00:00.000Z' },
    ],
  ])('is told %s', async (_, standing, status, sentence, view) => {
    const [page, data] = [await look(asking(standing)), await look(asking(standing), [])];
    expect([page.status, data.status]).toEqual([status, status]);
    expect(words(page)).toContain(sentence);
    expect(words(page)).not.toContain('secret');
    expect(contentOf(data)).toEqual(view);
  });

  it('too early has a page that looks again, and a program is told when to', async () => {
    expect((await look(asking({ status: 'queued' }))).headers['refresh']).toBe('5');
    expect((await look(asking({ status: 'queued' }), [])).headers['retry-after']).toBe('5');
    expect((await look(asking())).headers['refresh']).toBeUndefined();
  });

  const timeout = { code: 'wait.timeout', message: 'none came' };
  it.each<[string, Standing, string]>([
    ['once its time is over', { row: { status: 'failed', error: timeout } }, 'The time to answer is over, and nobody had answered.'],
    [
      'where it could not be asked',
      { status: 'failed', row: { status: 'failed' } },
      'The question could not be asked. Whoever looks after this flow can see why.',
    ],
    [
      'once the run was cancelled',
      { status: 'cancelled', row: { status: 'waiting' } },
      'The run was cancelled before anybody had answered.',
    ],
    ['where the run ended elsewhere', { status: 'succeeded' }, 'The run has gone on or ended without an answer.'],
    ['where the step was skipped', { row: { status: 'skipped' } }, 'The run has gone on or ended without an answer.'],
    [
      'where the item of a loop around it has finished',
      { row: { kind: 'item', status: 'succeeded', output: { answer: 'approve' } } },
      'The run has gone on or ended without an answer.',
    ],
    ['once the run is not kept any more', { isKept: false }, 'Nothing waits for this any more: the run has gone on or ended.'],
  ])('is told so %s', async (_, standing, sentence) => {
    const world = asking(standing);
    const [page, data] = [await look(world), await look(world, [])];
    expect(world.refusals).toHaveLength(standing.isKept === false ? 2 : 0);
    expect([page.status, data.status, contentOf(data).error]).toEqual([410, 410, { code: 'resume.over', message: sentence }]);
    expect(words(page)).toBe(`Nobody waits for an answer any more ${sentence}`);
  });

  it('by a link that was cut off is told so on a page', async () => {
    const { door } = asking();
    const answer = await door.receive({ ...TARGET, signature: 'cut' }, request({ method: 'GET', url: URL, rawHeaders: HTML, body: '' }));
    expect([answer.status, answer.headers['connection']]).toEqual([404, 'close']);
    expect(words(answer)).toBe(
      'This link does not work There is nothing at this URL. Use it whole, exactly as it was sent to you, or ask whoever sent it for another one.',
    );
  });

  it('has to say who it is where the step wants that; the browser is made to ask', async () => {
    const world = asking(asked, ASK, { credential: 'office' });
    const basic = (text: string): string[] => ['Authorization', `Basic ${Buffer.from(text).toString('base64')}`];
    const first = await look(world);
    expect([first.status, first.headers['www-authenticate'], words(first)]).toEqual([
      401,
      expect.stringMatching(/^Basic realm=/),
      'Your name and password are needed The request was not authorized. The owner of this URL can see why.',
    ]);
    expect([world.used, world.refusals]).toEqual([[], []]);
    expect((await look(world, [...HTML, ...basic('office:wrong')])).status).toBe(401);
    expect((await look(world, [...HTML, ...basic(`office:${KEY}`)])).body).toContain('Refund 40 €?');
    expect((await press(world, 'answer=approve')).status).toBe(401);
    const passed = await sent(world, { rawHeaders: [...HTML, ...FORM, ...basic(`office:${KEY}`)], body: 'answer=approve' });
    expect([passed.status, world.resumed.length]).toEqual([202, 1]);
    expect(JSON.stringify(world.resumed)).not.toContain(KEY);
  });
});

describe('whoever answers', () => {
  it('is told what was pressed, and the step gets answer and comment', async () => {
    const world = asking();
    const answer = await press(world, 'comment=One%0D%0Atwo&answer=approve');
    expect([answer.status, words(answer)]).toEqual([202, 'Thank you You answered: Approve. You can close this page.']);
    expect(world.resumed).toMatchObject([{ body: { answer: 'approve', comment: 'One\ntwo' } }]);
  });

  it.each(['comment=&answer=approve', 'comment=%0D%0A&answer=approve', 'answer=approve'])(
    'without a comment gives none: %s',
    async (body) => {
      const world = asking();
      await press(world, body);
      expect(world.resumed.map((one) => one.body)).toEqual([{ answer: 'approve' }]);
    },
  );

  it('by JSON is answered by JSON', async () => {
    const answer = await post(asking(), { answer: 'decline' });
    expect([answer.status, contentOf(answer)]).toEqual([202, { runId: TARGET.runId }]);
  });

  it('second is told what was answered first, also once the run has gone on', async () => {
    const world = asking();
    await press(world, 'answer=decline');
    const told = 'This was answered already The answer was Decline, on 1 March 2026 at 12:00 UTC. You can close this page.';
    expect(words(await press(world, 'answer=approve'))).toBe(told);
    const view = { runId: TARGET.runId, duplicate: true, answer: 'decline', answeredAt: '2026-03-01T12:00:00.000Z' };
    expect(contentOf(await post(world, { answer: 'approve' }))).toEqual(view);
    Object.assign(world.standing, {
      status: 'succeeded',
      resumption: undefined,
      row: { status: 'succeeded', output: { answer: 'decline' }, finishedAt: NOW },
    });
    const late = await press(world, 'answer=approve');
    expect([late.status, words(late), world.resumed.length, world.refusals]).toEqual([200, told, 1, []]);
  });

  it('too late is told so, and it is recorded', async () => {
    const world = asking({ row: { status: 'failed', error: { code: 'wait.timeout', message: 'none came' } } });
    const answer = await press(world, 'answer=approve');
    expect([answer.status, words(answer), world.refusals.map(({ code }) => code)]).toEqual([
      410,
      'Nobody waits for an answer any more The time to answer is over, and nobody had answered.',
      ['resume.over'],
    ]);
  });

  it.each<[object, string]>([
    [{ answer: 'maybe' }, '/answer must be equal to one of the allowed values (approve, decline)'],
    [{}, "/ must have required property 'answer'"],
    [{ answer: 'approve', amount: 3 }, '/ must NOT have additional properties (amount)'],
    [{ answer: 'approve', comment: 3 }, '/comment must be string'],
  ])('%j, which is no answer, is told so, and the run waits on', async (body, problem) => {
    const world = asking();
    const answer = await post(world, body);
    expect([answer.status, contentOf(answer).error]).toMatchObject([
      422,
      { code: 'resume.schema', message: `This is no answer to the question: ${problem}. The run still waits.` },
    ]);
    expect([world.resumed, world.refusals.map(({ code }) => code)]).toEqual([[], ['resume.schema']]);
    expect((await post(world, { answer: 'approve' })).status).toBe(202);
  });

  it('in a browser is led back to the question from what was not taken', async () => {
    const answer = await press(asking(), 'answer=maybe');
    expect(answer.status).toBe(422);
    expect(answer.body).toContain('<a href="">Back to the question</a>');
  });

  it('by another method is told which there are', async () => {
    const { status, headers } = await sent(asking(), { method: 'PUT' });
    expect([status, headers['allow']]).toEqual([405, 'GET, HEAD, POST']);
  });
});
