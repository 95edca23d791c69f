import { startReceiver, type Receiver } from './receiver.js';

let receiver: Receiver;

afterEach(() => receiver.close());

it('keeps method, path, headers and the exact bytes', async () => {
  receiver = await startReceiver();
  const bytes = Buffer.from([0, 255, 10]);
  await fetch(`${receiver.url}/a?b=c`, { method: 'PUT', headers: { 'X-Key': 'k' }, body: bytes });
  expect(receiver.requests).toHaveLength(1);
  expect(receiver.requests[0]).toMatchObject({ method: 'PUT', url: '/a?b=c', headers: { 'x-key': 'k' }, bytes, json: undefined });
});

it('answers what the handler says, and 500 when it throws', async () => {
  receiver = await startReceiver(({ json }) => {
    if (json === undefined) throw new Error('no JSON');
    return { status: 201, headers: { 'x-a': 'b' }, body: json };
  });
  const good = await fetch(receiver.url, { method: 'POST', body: '{"a":1}' });
  expect([good.status, good.headers.get('x-a'), await good.json()]).toEqual([201, 'b', { a: 1 }]);
  const bad = await fetch(receiver.url, { method: 'POST', body: 'text' });
  expect([bad.status, await bad.text()]).toEqual([500, 'no JSON']);
});

it('lets wait for requests that are still to come, and for those that are there', async () => {
  receiver = await startReceiver();
  const two = receiver.waitFor(2);
  await fetch(`${receiver.url}/1`);
  await fetch(`${receiver.url}/2`);
  expect((await two).map(({ url }) => url)).toEqual(['/1', '/2']);
  expect(await receiver.waitFor(1)).toHaveLength(1);
});

it('does not let anybody wait for ever', async () => {
  receiver = await startReceiver();
  const waiting = expect(receiver.waitFor(1)).rejects.toThrow('Closed after 0 requests while 1 were awaited');
  await receiver.close();
  await waiting;
});
