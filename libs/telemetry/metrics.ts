import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** How often the delay of the event loop is sampled, in milliseconds: often enough for a gauge, seldom enough to stay idle. */
const LOOP_SAMPLE_MS = 100;

/** Upper bounds in seconds: from an accept that is committed at once to a run that waited for a vendor. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600];

/** A number that goes up and down, by the value of a label where it has one. */
export interface GaugeBy {
  set(value: number, label?: string): void;
  /** Forgets what was said of every label. */
  clear(): void;
}

/**
 * What one process counts of itself, in the text format of Prometheus:
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 *
 * Labels have few values: ids of flows, statuses and codes, nothing that a caller may choose.
 */
export class Metrics {
  private readonly registry = new Registry();
  private readonly readings: (() => Promise<void> | void)[] = [];
  private readonly requests = this.counter(
    'millrace_hook_requests_total',
    'Requests to the URLs of flows and endpoints that were answered, by status and, where they were refused, by code.',
    ['status', 'code'],
  );
  private readonly accepts = this.seconds(
    'millrace_accept_seconds',
    'From the headers of a request to its event being committed. Callers who wait for a run are not waited for.',
  );
  private readonly attempts = this.counter(
    'millrace_step_attempts_total',
    'Attempts of component steps that were journalled: succeeded, retrying (another one follows) or failed.',
    ['flow', 'status'],
  );
  private readonly attemptSeconds = this.seconds('millrace_step_attempt_seconds', 'How long attempts of component steps took.');
  private readonly runs = this.counter('millrace_runs_ended_total', 'Runs that ended in this process. Tests and rehearsals are left out.', [
    'flow',
    'status',
  ]);
  private readonly runSeconds = this.seconds(
    'millrace_run_seconds',
    'From the first claim of a run to its end, with all its waits and retries.',
  );

  constructor() {
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: LOOP_SAMPLE_MS });
  }

  /** A request to a hook was answered; `code` is empty unless it was refused. */
  answered(status: number, code: string): void {
    this.requests.inc({ status: String(status), code });
  }

  /** An event is committed, `ms` milliseconds after its request began. */
  accepted(ms: number): void {
    this.accepts.observe(ms / 1000);
  }

  /** The attempt of a component step is journalled. */
  attempted(flow: string, status: string, ms: number): void {
    this.attempts.inc({ flow, status });
    this.attemptSeconds.observe(ms / 1000);
  }

  /** A run ended, `ms` milliseconds after it was first claimed. */
  ended(flow: string, status: string, ms: number): void {
    this.runs.inc({ flow, status });
    this.runSeconds.observe(ms / 1000);
  }

  /** A number that is set where it is known, at the latest `whenRead`. */
  gauge(name: string, help: string, label?: string): GaugeBy {
    const gauge = new Gauge({ name, help, labelNames: label === undefined ? [] : [label], registers: [this.registry] });
    return {
      set: (value, of) => (label === undefined || of === undefined ? gauge.set(value) : gauge.set({ [label]: of }, value)),
      clear: () => gauge.reset(),
    };
  }

  /** Called before each reading, to set gauges. It may reject: then what it would have set stays as it is. */
  whenRead(reading: () => Promise<void> | void): void {
    this.readings.push(reading);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** Everything, as Prometheus reads it. */
  async read(): Promise<string> {
    await Promise.allSettled(this.readings.map(async (reading) => reading()));
    return this.registry.metrics();
  }

  private counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  private seconds(name: string, help: string): Histogram {
    return new Histogram({ name, help, buckets: SECONDS, registers: [this.registry] });
  }
}
