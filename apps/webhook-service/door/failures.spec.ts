import { Failures } from './failures.js';

const NOW = 1_760_000_000_000;

function fail(failures: Failures, times: number, caller = '192.0.2.1', at = NOW): (number | undefined)[] {
  return Array.from({ length: times }, () => failures.count('orders', caller, at).retryAfter);
}

describe('failed credentials', () => {
  it('are counted per flow and address, and limited within a minute', () => {
    const failures = new Failures();
    expect(fail(failures, 30)).toEqual(Array(30).fill(undefined));
    expect(fail(failures, 1, '192.0.2.1', NOW + 15_000)).toEqual([45]);
    expect(fail(failures, 1, '192.0.2.2')).toEqual([undefined]);
    expect(failures.count('invoices', '192.0.2.1', NOW).retryAfter).toBeUndefined();
  });

  it.each([
    ['an IPv6 network, whose hosts choose their addresses', '2001:db8:1:2::1', '2001:DB8:1:2:ffff::2', '2001:db8:1:3::1'],
    ['an interface of the link', 'fe80::1%eth0', 'fe80::2%eth0', '2001:db8::1'],
    ['IPv4 written as IPv6', '::ffff:192.0.2.1', '192.0.2.1', '::ffff:192.0.2.2'],
  ])('count %s as one', (_what, one, same, other) => {
    const failures = new Failures();
    fail(failures, 30, one);
    expect(fail(failures, 1, same)).toEqual([60]);
    expect(fail(failures, 1, other)).toEqual([undefined]);
  });

  it('are forgiven after the window', () => {
    const failures = new Failures();
    fail(failures, 40);
    expect(fail(failures, 1, '192.0.2.1', NOW + 60_001)).toEqual([undefined]);
  });

  it('are recorded in full up to the limit and sampled beyond it', () => {
    const failures = new Failures();
    const recorded = Array.from({ length: 230 }, () => failures.count('orders', '192.0.2.1', NOW).record);
    expect(recorded.filter(Boolean)).toHaveLength(30 + 2);
  });

  it('do not fill memory, however many addresses there are', () => {
    const failures = new Failures();
    fail(failures, 31, 'first');
    for (let i = 0; i < 10_000; i += 1) failures.count('orders', `caller-${i}`, NOW);
    expect(fail(failures, 1, 'first')).toEqual([undefined]);
  });
});
