import { expect, it } from '@jest/globals';
import { CredentialWatch } from './credential-watch.js';

const at = { flow: 'orders', run: 'r', step: 'send' };
const HOUR_MS = 3600 * 1000;

function watched(): { watch: CredentialWatch; told: { data: unknown; key: string }[]; wait(ms: number): void } {
  let now = 0;
  const told: { data: unknown; key: string }[] = [];
  const watch = new CredentialWatch(
    (data, key) => void told.push({ data, key }),
    () => now,
  );
  return { watch, told, wait: (ms) => void (now += ms) };
}

function answer(watch: CredentialWatch, ...statuses: readonly number[]): void {
  for (const status of statuses) watch.answered('crm', status, at);
}

it('tells of a credential that is refused three times in a row, and where', () => {
  const { watch, told } = watched();
  answer(watch, 401, 403);
  expect(told).toEqual([]);
  answer(watch, 401);
  expect(told).toEqual([{ data: { credential: 'crm', status: 401, refusals: 3, ...at }, key: 'credential.failing/crm/0' }]);
});

it('says nothing when it is taken in between, or when others are refused', () => {
  const { watch, told } = watched();
  answer(watch, 401, 401, 200, 401, 401, 500, 401);
  watch.answered('other', 401, at);
  expect(told).toEqual([]);
});

it('tells once an hour while it goes on', () => {
  const { watch, told, wait } = watched();
  answer(watch, 401, 401, 401, 401, 401);
  wait(HOUR_MS);
  answer(watch, 401, 401);
  expect(told.map(({ key }) => key)).toEqual(['credential.failing/crm/0', 'credential.failing/crm/1']);
});
