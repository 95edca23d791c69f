import { Metrics } from './metrics.js';

async function lines(metrics: Metrics, beginning: string): Promise<string[]> {
  const text = await metrics.read();
  return text.split('\n').filter((line) => line.startsWith(beginning));
}

describe('metrics', () => {
  it('count answers by status and code', async () => {
    const metrics = new Metrics();
    metrics.answered(202, '');
    metrics.answered(202, '');
    metrics.answered(401, 'request.unauthorized');
    expect(await lines(metrics, 'millrace_hook_requests_total')).toEqual([
      'millrace_hook_requests_total{status="202",code=""} 2',
      'millrace_hook_requests_total{status="401",code="request.unauthorized"} 1',
    ]);
  });

  it('tell times in seconds', async () => {
    const metrics = new Metrics();
    metrics.accepted(3);
    metrics.ended('hello', 'succeeded', 1_500);
    metrics.attempted('hello', 'failed', 700);
    expect(await lines(metrics, 'millrace_accept_seconds_sum')).toEqual(['millrace_accept_seconds_sum 0.003']);
    expect(await lines(metrics, 'millrace_run_seconds_bucket{le="1"}')).toEqual(['millrace_run_seconds_bucket{le="1"} 0']);
    expect(await lines(metrics, 'millrace_run_seconds_bucket{le="2.5"}')).toEqual(['millrace_run_seconds_bucket{le="2.5"} 1']);
    expect(await lines(metrics, 'millrace_step_attempts_total')).toEqual(['millrace_step_attempts_total{flow="hello",status="failed"} 1']);
  });

  it('ask for gauges when they are read, and one that cannot be had does not spoil the rest', async () => {
    const metrics = new Metrics();
    const runs = metrics.gauge('millrace_runs', 'Active runs.', 'status');
    metrics.whenRead(() => runs.set(7, 'queued'));
    metrics.whenRead(() => Promise.reject(new Error('away')));
    expect(await lines(metrics, 'millrace_runs{')).toEqual(['millrace_runs{status="queued"} 7']);
    expect(await lines(metrics, 'nodejs_eventloop_lag_seconds')).not.toEqual([]);
  });

  it('of two processes in one do not meet', async () => {
    const [one, other] = [new Metrics(), new Metrics()];
    one.answered(202, '');
    expect(await lines(other, 'millrace_hook_requests_total{')).toEqual([]);
  });
});
