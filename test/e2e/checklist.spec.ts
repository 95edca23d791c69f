import { connect } from 'node:net';
import { once } from 'node:events';
import { jest } from '@jest/globals';
import { answerRows } from './checklist/answer-rows.js';
import { bodyRows } from './checklist/body-rows.js';
import { senderRows } from './checklist/sender-rows.js';
import { SENTENCES } from './checklist/sentences.js';
import { errorOf, openSite, type Site } from './checklist/site.js';

jest.setTimeout(300_000);

/** What a receiver of webhooks must withstand, a row each, on the wire. Numbers are those of the guide "Receiving requests". */
const rows = [...senderRows, ...bodyRows, ...answerRows].sort(([a], [b]) => a - b);

let site: Site;
const held = new Set<number>();

beforeAll(async () => {
  site = await openSite();
});

afterAll(async () => {
  const refused = site.answers.filter(({ status }) => status >= 400);
  const codes = new Set(refused.map((answer) => errorOf(answer).code));
  console.log(
    `The checklist: ${held.size} of ${rows.length} rows hold; ${site.answers.length} answers, of which ${refused.length} refuse, with ${codes.size} codes.`,
  );
  await site.receiver.close();
});

describe('the checklist', () => {
  it.each(rows)('%i: %s', async (number, _what, check) => {
    await check(site);
    held.add(number);
  });

  it('has all of its 28 rows', () => {
    expect(rows.map(([number]) => number)).toEqual(Array.from({ length: 28 }, (_, i) => i + 1));
  });

  it('tells each refusal by its status, its code and its sentence', () => {
    const strange = site.answers
      .filter(({ status }) => status >= 400)
      .map((answer) => ({ status: answer.status, ...errorOf(answer) }))
      .filter(({ status, code, message }) => SENTENCES[code]?.[0] !== status || !SENTENCES[code][1].test(message));
    expect(strange).toEqual([]);
  });

  it('leaves a server behind that serves', async () => {
    const { hostname, port } = new URL(site.instance.url);
    const socket = connect(Number(port), hostname);
    socket.destroy();
    await once(socket, 'close');
    expect((await site.hook('open')).status).toBe(202);
    expect([site.instance.child.exitCode, site.hiding.child.exitCode]).toEqual([null, null]);
  });
});
