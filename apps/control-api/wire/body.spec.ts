import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { jest } from '@jest/globals';
import { id, storable, time } from './parts.js';
import { defineBody } from './body.js';

const body = defineBody({
  type: 'object',
  properties: {
    ids: { type: 'array', items: id },
    since: time,
    flow: storable,
    version: { enum: ['same', 'live'] },
    most: { type: 'integer', minimum: 1 },
  },
  additionalProperties: false,
} as const);

function read(value: unknown): Promise<unknown> {
  const request = Object.assign(Readable.from([Buffer.from(JSON.stringify(value))]), { headers: { 'content-type': 'application/json' } });
  return body.read(request as unknown as IncomingMessage);
}

describe('the body of a request to the API', () => {
  it('is read as it is, and says nothing beside its answer', async () => {
    const warn = jest.spyOn(console, 'warn');
    const value = { ids: ['01920f7a-5c1e-7cc3-98c4-dc0c0c07398f'], since: '2026-01-31T12:00:00Z', version: 'live', most: 2 };
    expect(await read(value)).toEqual(value);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it.each([
    [{ ids: ['nonsense'] }, '`ids.0` must be a UUID.'],
    [{ since: 'yesterday' }, '`since` must be a time such as 2026-01-31T12:00:00Z.'],
    [{ since: '2026-02-31T12:00:00Z' }, '`since` must be a time such as 2026-01-31T12:00:00Z.'],
    [{ since: '2016-12-31T23:59:60Z' }, '`since` must be a time such as 2026-01-31T12:00:00Z.'],
    [{ since: '2026-01-31T12:00:00+05' }, '`since` must be a time such as 2026-01-31T12:00:00Z.'],
    [{ since: '0000-01-01T00:00:00Z' }, '`since` must be a time such as 2026-01-31T12:00:00Z.'],
    [{ flow: 'a\u0000b' }, '`flow` has a character or a form that cannot be used here.'],
    [{ version: 'newest' }, '`version` must be one of same, live.'],
    [{ most: 0 }, '`most` must be 1 or more.'],
    [{ most: 'many' }, '`most` must be of type integer.'],
    [{ mots: 1 }, 'The body cannot have "mots".'],
  ])('%j is refused, and says what would do', async (value, message) => {
    await expect(read(value)).rejects.toMatchObject({ status: 400, code: 'request.invalid', message });
  });
});
