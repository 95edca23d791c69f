import { defineComponent } from './define.js';
import { isStepError, StepError } from './errors.js';
import { tryComponent } from './try-component.js';

const greet = defineComponent({
  name: 'demo.greet',
  title: 'Greet',
  props: {
    type: 'object',
    properties: { name: { type: 'string' }, tags: { type: 'array', items: { enum: ['a', 'b'] } }, count: { type: ['integer', 'null'] } },
    required: ['name'],
    additionalProperties: false,
  },
  run: async ({ props, fetch, idempotencyKey }) => {
    const response = await fetch('/greet', {
      baseUrl: 'https://api.example.com/v1/',
      query: { lang: ['en', 'de'], none: undefined },
      headers: { 'X-Key': idempotencyKey },
      json: { name: props.name },
    });
    return response.json();
  },
});

const props = { name: 'Ada' };

describe('tryComponent', () => {
  it('gives the output and the requests as they would be sent', async () => {
    const { output, requests } = await tryComponent(greet, { props, replies: [{ json: { hello: 'Ada' } }] });
    expect(output).toEqual({ hello: 'Ada' });
    expect(requests).toEqual([
      {
        method: 'POST',
        url: 'https://api.example.com/v1/greet?lang=en&lang=de',
        headers: { 'content-type': 'application/json', 'x-key': 'run-1/step' },
        body: '{"name":"Ada"}',
        json: { name: 'Ada' },
      },
    ]);
  });

  it('starts relative URLs at the credential, and answers by function', async () => {
    const replies = ({ url }: { url: string }) => ({ json: { url } });
    const { output } = await tryComponent(greet, { props, replies, credential: { baseUrl: 'http://127.0.0.1:9/sandbox' } });
    expect(output).toEqual({ url: 'http://127.0.0.1:9/sandbox/greet?lang=en&lang=de' });
  });

  it('leaves the address to a credential that is one', async () => {
    const { requests } = await tryComponent(
      defineComponent({ ...greet, run: ({ fetch }) => fetch('', { query: { wait: true }, body: 'x' }) }),
      { props, replies: [{}], credential: { in: 'url' } },
    );
    expect(requests[0]?.url).toBe('?wait=true');
  });

  it('throws the StepError of a status, with what the other side asked for', async () => {
    const trial = tryComponent(greet, { props, replies: [{ status: 429, headers: { 'Retry-After': '2' }, body: 'slow' }] });
    await expect(trial).rejects.toMatchObject({
      code: 'http.429',
      retryable: true,
      arrived: 'no',
      retryAfterMs: 2000,
      details: { responseBody: 'slow' },
    });
  });

  it('says which reply is missing', async () => {
    await expect(tryComponent(greet, { props, replies: [] })).rejects.toThrow(
      'No reply for request 1, POST https://api.example.com/v1/greet',
    );
  });

  it.each([
    [{}, 'props.name is missing'],
    [{ name: 1 }, 'props.name must be string, not integer'],
    [{ name: 'a', tags: ['a', 'c'] }, 'props.tags[1] must be one of ["a","b"]'],
    [{ name: 'a', count: 1.5 }, 'props.count must be integer or null, not number'],
    [{ name: 'a', nme: 'b' }, 'props.nme is not a known property'],
    [{ name: 'a', toString: 'b' }, 'props.toString is not a known property'],
  ])('refuses the props %j', async (wrong, message) => {
    await expect(tryComponent(greet, { props: wrong })).rejects.toThrow(message);
  });
});

describe('fetch, given something it cannot send', () => {
  it.each([
    ['a relative URL without a base', '/x', {}, 'http.bad-url'],
    ['both json and body', 'https://a.test', { json: 1, body: 'x' }, 'http.bad-request'],
    ['a cyclic value', 'https://a.test', { json: cyclic() }, 'http.bad-request'],
    ['a value that JSON does not have', 'https://a.test', { json: () => 1 }, 'http.bad-request'],
  ])('%s: says so before anything is sent', async (_what, url, init, code) => {
    const component = defineComponent({ ...greet, run: ({ fetch }) => fetch(url, init) });
    await expect(tryComponent(component, { props, replies: [{}] })).rejects.toMatchObject({ code, blame: 'author', arrived: 'no' });
  });
});

function cyclic(): object {
  const value: Record<string, unknown> = {};
  value['self'] = value;
  return value;
}

it('a StepError of another copy of the SDK is still one', () => {
  const foreign = Object.assign(new Error('x'), { name: 'StepError', code: 'a.b' });
  expect([isStepError(foreign), isStepError(new StepError({ code: 'a', message: 'b' })), isStepError(new Error('x'))]).toEqual([
    true,
    true,
    false,
  ]);
});
