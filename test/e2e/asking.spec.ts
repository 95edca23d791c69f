import { jest } from '@jest/globals';
import type { RefusalPage, RunPage, RunView, StepView } from '../../apps/control-api/index.js';
import { endOf, eventually, webhookFlow } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';

jest.setTimeout(300_000);

let instance: TestInstance;

const ask = {
  title: 'Refund {{ trigger.body.amount }} €?',
  text: 'Order {{ trigger.body.order }}\nasked by <Ada>',
  answers: { approve: 'Approve', decline: 'Decline' },
  comment: 'Why?',
};
const steps = [
  { id: 'tell', set: { url: '{{ resume.approval.url }}' } },
  { id: 'gate', wait: { webhook: { schema: { required: ['ok'] } } } },
  { id: 'approval', wait: { webhook: { ask } } },
  { id: 'done', set: { said: '{{ steps.approval.answer & ": " & (steps.approval.comment ?? "no comment") }}' } },
];

/** A question beside a branch that fails once it was asked. */
const besides = [
  { id: 'tell', set: { url: '{{ resume.question.url }}' } },
  {
    id: 'safe',
    try: [
      {
        id: 'both',
        parallel: {
          person: [{ id: 'question', wait: { webhook: { ask } } }],
          machine: [
            { id: 'pause', wait: { for: '100ms' } },
            { id: 'over', use: 'log', with: { message: '{{ $number(trigger.body.order) }}' }, retry: { attempts: 1 } },
          ],
        },
      },
    ],
    catch: [],
  },
  { id: 'gate', wait: { webhook: {} } },
];

beforeAll(async () => {
  instance = await startInstance({ flows: { ...webhookFlow('refunds', {}, steps), ...webhookFlow('besides', {}, besides) } });
}, 180_000);

afterAll(() => instance.stop(), 60_000);

const PERSON = { accept: 'text/html,*/*;q=0.8' };
const FORM = { ...PERSON, 'content-type': 'application/x-www-form-urlencoded' };

const rowOf = ({ steps: rows }: RunView, path: string): StepView | undefined => rows.find((row) => row.path === path);

/** Resolves to the run once it waits there. */
function waiting(runId: string, path: string): Promise<RunView> {
  return eventually(`${path} to wait`, async () => {
    const run = await instance.api<RunView>(`runs/${runId}`);
    return rowOf(run, path)?.status === 'waiting' ? run : undefined;
  });
}

/** A run that waits at `gate`, and the URL of its question. */
async function begun(flow = 'refunds'): Promise<{ readonly run: RunView; readonly url: string }> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"amount":40,"order":"A-1"}' };
  const { runId } = (await (await fetch(`${instance.url}/flows/${flow}/hook`, init)).json()) as { runId: string };
  const run = await waiting(runId, 'gate');
  return { run, url: (rowOf(run, 'tell')!.output as { url: string }).url };
}

function pass(run: RunView, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(rowOf(run, 'gate')!.resumeUrl!, { method: 'POST', headers, body: JSON.stringify(body) });
}

it('a person opens the page of a question and presses a button, and the run goes on with the answer', async () => {
  const { run, url } = await begun();
  const early = await fetch(url, { headers: PERSON });
  expect([early.status, early.headers.get('refresh')]).toEqual([202, '5']);
  expect((await pass(run, { ok: true })).status).toBe(202);

  const asked = rowOf(await waiting(run.id, 'approval'), 'approval');
  expect(asked).toMatchObject({ resumeUrl: url, question: { title: 'Refund 40 €?', text: 'Order A-1\nasked by <Ada>' } });
  const page = await fetch(url, { headers: PERSON });
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-\S+'; form-action 'self'/);
  expect(await page.text()).toContain('Order A-1\nasked by &lt;Ada&gt;');
  expect((await fetch(url, { method: 'HEAD', headers: PERSON })).status).toBe(200);
  expect(await (await fetch(url)).json()).toMatchObject({ state: 'asked', title: 'Refund 40 €?', answers: ask.answers });

  const pressed = await fetch(url, { method: 'POST', headers: FORM, body: 'comment=Too+much&answer=decline' });
  expect([pressed.status, await pressed.text()]).toEqual([
    202,
    expect.stringContaining('You answered: <strong dir="auto">Decline</strong>'),
  ]);
  const ended = await endOf(instance, run.id);
  expect(rowOf(ended, 'approval')).toMatchObject({ output: { answer: 'decline', comment: 'Too much' }, question: null, resumeUrl: null });
  expect(rowOf(ended, 'done')?.output).toEqual({ said: 'decline: Too much' });

  for (const init of [{ headers: PERSON }, { method: 'POST', headers: FORM, body: 'answer=approve' }]) {
    const later = await fetch(url, init);
    expect([later.status, await later.text()]).toEqual([
      200,
      expect.stringContaining('The answer was <strong dir="auto">Decline</strong>'),
    ]);
  }
});

it('a question is over when what it stands in is, though the run waits on', async () => {
  const { run, url } = await begun('besides');
  expect(rowOf(run, 'question')).toMatchObject({ status: 'interrupted', question: { title: 'Refund 40 €?' }, resumeUrl: null });
  expect(run.waitsFor).toMatchObject({ step: 'gate', others: 0 });
  const open = await instance.api<RunPage>('runs?waitsFor=answer');
  expect(open.items.map(({ id }) => id)).not.toContain(run.id);
  const answer = { method: 'POST', headers: FORM, body: 'answer=approve' };
  for (const init of [{ headers: PERSON }, answer]) expect((await fetch(url, init)).status).toBe(410);
  expect((await pass(run, {})).status).toBe(202);
  expect((await endOf(instance, run.id)).status).toBe('succeeded');
});

it('what is no answer, and what does not fit a schema, is refused and recorded, and the run waits on', async () => {
  const { run, url } = await begun();
  const misfit = await pass(run, {});
  expect([misfit.status, await misfit.json()]).toMatchObject([422, { error: { code: 'resume.schema', pointers: [''] } }]);
  await pass(run, { ok: true });
  await waiting(run.id, 'approval');
  expect((await fetch(url, { method: 'POST', headers: FORM, body: 'answer=maybe' })).status).toBe(422);
  expect((await fetch(`${url}x`, { headers: PERSON })).status).toBe(404);
  await waiting(run.id, 'approval');
  await eventually('both refusals', async () => {
    const { items } = await instance.api<RefusalPage>('refusals?flow=refunds');
    return items.filter(({ code }) => code === 'resume.schema').length === 2 || undefined;
  });
  const posted = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"answer":"approve"}' };
  expect(await (await fetch(url, posted)).json()).toEqual({ runId: run.id });
  expect(rowOf(await endOf(instance, run.id), 'done')?.output).toEqual({ said: 'approve: no comment' });
});

it('a question of a run that was cancelled is over', async () => {
  const { run, url } = await begun();
  await pass(run, { ok: true });
  await waiting(run.id, 'approval');
  await instance.api(`runs/${run.id}/cancel`, { method: 'POST' });
  const gone = await fetch(url, { headers: PERSON });
  expect([gone.status, await gone.text()]).toEqual([410, expect.stringContaining('The run was cancelled before anybody had answered.')]);
  expect((await fetch(url, { method: 'POST', headers: FORM, body: 'answer=approve' })).status).toBe(410);
});
