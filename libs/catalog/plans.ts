import { planFlow, type Plan } from '@millrace/engine';
import { checkFlow, type CheckOptions } from '@millrace/flow';
import type { PostgresFlowStore } from '@millrace/postgres';
import type { ComponentRegistry } from './components.js';

/** Why a version can never be run by this process as it is, whatever the database does. */
export class NotRunnable extends Error {}

const MAX_PLANS = 200;

/** Versions ready to run, compiled once each. */
export class Plans {
  private readonly plans = new Map<string, Promise<Plan>>();

  constructor(
    private readonly store: Pick<PostgresFlowStore, 'version'>,
    private readonly components: ComponentRegistry,
    private readonly known: (flowId: string) => CheckOptions,
  ) {}

  /** Rejects with NotRunnable when the version is gone or no longer checks. */
  get(flowId: string, version: number): Promise<Plan> {
    const key = `${flowId}@${version}`;
    const known = this.plans.get(key);
    if (known) return known;
    const plan = this.make(flowId, version);
    this.plans.set(key, plan);
    plan.catch(() => this.plans.delete(key));
    if (this.plans.size > MAX_PLANS) this.plans.delete(this.plans.keys().next().value!);
    return plan;
  }

  /** What is installed has changed. */
  clear(): void {
    this.plans.clear();
  }

  private async make(flowId: string, version: number): Promise<Plan> {
    const stored = await this.store.version(flowId, version);
    if (!stored) throw new NotRunnable('it is not stored');
    const { flow, problems } = checkFlow(stored.text, this.known(flowId));
    const error = problems.find(({ severity }) => severity === 'error');
    if (!flow || error) throw new NotRunnable(error?.message ?? 'it does not parse');
    try {
      return planFlow(flow, version, (name) => this.components.all.get(name));
    } catch (cause) {
      throw new NotRunnable((cause as Error).message, { cause });
    }
  }
}
