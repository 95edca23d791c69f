import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { jest } from '@jest/globals';
import type { Refused } from './answers.js';
import { readBody, type BodyLimits } from './read-body.js';

afterEach(() => jest.useRealTimers());

const LIMITS: BodyLimits = { maxBytes: 10, timeoutMs: 60_000, reserve: () => true };

function incoming(headers: Record<string, string> = {}): PassThrough & IncomingMessage {
  return Object.assign(new PassThrough(), { headers }) as unknown as PassThrough & IncomingMessage;
}

async function refusalOf(reading: Promise<Buffer>): Promise<unknown> {
  const { answer, code } = (await reading.then(
    () => undefined,
    (error: unknown) => error,
  )) as Refused;
  return { status: answer.status, code, connection: answer.headers['connection'] };
}

describe('a body that is read', () => {
  it('is the bytes of all chunks in order', async () => {
    const request = incoming();
    const reading = readBody(request, LIMITS);
    request.write(Buffer.from([0, 1]));
    request.end(Buffer.from([0xff]));
    expect(await reading).toEqual(Buffer.from([0, 1, 0xff]));
  });

  it('may be empty, and may be exactly as large as the cap', async () => {
    const empty = incoming();
    empty.end();
    expect(await readBody(empty, LIMITS)).toHaveLength(0);
    const full = incoming({ 'content-length': '10' });
    full.end('0123456789');
    expect((await readBody(full, LIMITS)).toString()).toBe('0123456789');
  });

  it('is refused at once when it says that it is too large', async () => {
    const request = incoming({ 'content-length': '11' });
    expect(await refusalOf(readBody(request, LIMITS))).toEqual({ status: 413, code: 'body.too-large', connection: 'close' });
  });

  it('is refused before its end when it turns out too large', async () => {
    const request = incoming();
    const reading = readBody(request, LIMITS);
    request.write('0123456789');
    request.write('x');
    expect(await refusalOf(reading)).toEqual({ status: 413, code: 'body.too-large', connection: 'close' });
  });

  it('is refused when it takes too long', async () => {
    jest.useFakeTimers();
    const request = incoming();
    const reading = refusalOf(readBody(request, { ...LIMITS, timeoutMs: 5_000 }));
    request.write('012');
    await jest.advanceTimersByTimeAsync(5_000);
    expect(await reading).toEqual({ status: 408, code: 'body.too-slow', connection: 'close' });
  });

  it('leaves no timer behind', async () => {
    jest.useFakeTimers();
    const request = incoming();
    const reading = readBody(request, LIMITS);
    request.emit('end');
    await reading;
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each(['aborted', 'error'])('is refused when the connection breaks off (%s)', async (event) => {
    const request = incoming();
    const reading = readBody(request, LIMITS);
    request.emit(event, new Error('gone'));
    expect(await refusalOf(reading)).toMatchObject({ status: 400, code: 'body.incomplete' });
  });

  it('is refused when there is no memory for its next chunk', async () => {
    const asked: number[] = [];
    const request = incoming();
    const reading = readBody(request, { ...LIMITS, reserve: (bytes) => asked.push(bytes) < 2 });
    request.write('012');
    request.write('3456');
    expect(await refusalOf(reading)).toEqual({ status: 503, code: 'door.overloaded', connection: 'close' });
    expect(asked).toEqual([3, 4]);
  });
});
