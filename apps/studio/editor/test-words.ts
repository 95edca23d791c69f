import type { TestPlanView } from '../api/wire.js';
import { textOf, type FlowStep } from '../flow/structure.js';

/** What the button of a test says: what acts outside is named by what it does. */
export function testLabel(step: FlowStep, plan: TestPlanView | undefined): string {
  const own = plan?.does.find(({ step: id }) => id === step.id);
  if (!own?.outside) return 'Test step';
  const use = textOf(step.json['use']);
  if (use === undefined) return 'Test step, and really call the flow';
  const vendor = use.split('.')[0] ?? use;
  return vendor === 'http' ? 'Test step, and really send the request' : `Send to ${VENDORS[vendor] ?? capital(vendor)}`;
}

const VENDORS: Readonly<Record<string, string>> = { hubspot: 'HubSpot', pagerduty: 'PagerDuty' };

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** As `testLabel`, for the whole flow. */
export function flowTestLabel(plan: TestPlanView | undefined): string {
  return plan?.does.some(({ outside }) => outside) ? 'Test flow, and really send' : 'Test flow';
}

/** What a test of the whole flow does outside as far as its way leads there, and what is pinned instead. */
export function flowPlanWords({ does, given }: TestPlanView): string {
  const outside = does.filter((step) => step.outside).map(({ step }) => step);
  const sends = outside.length === 0 ? 'Nothing acts outside.' : `Really sends, where the way leads there: ${outside.join(', ')}.`;
  return given.length === 0 ? sends : `${sends} Pinned: ${given.map(({ step }) => step).join(', ')}.`;
}

/** Which earlier steps run first, and which do not run again; undefined when there is nothing to say. */
export function planWords(step: string, plan: TestPlanView): string | undefined {
  if (plan.problem !== null) return plan.problem;
  const first = plan.does.filter(({ step: id }) => id !== step);
  const named = (sure: boolean): string =>
    first
      .filter((one) => one.sure === sure)
      .map(toDoWords)
      .join(', ');
  const [surely, perhaps] = [named(true), named(false)];
  const reused = plan.given
    .filter(({ from }) => from === 'recorded')
    .map(({ step: id, changed }) => (changed ? `${id} (older than its settings)` : id));
  const pinned = plan.given.filter(({ from }) => from === 'pinned').map(({ step: id }) => id);
  const parts = [
    surely !== '' && `Runs first: ${surely}.`,
    perhaps !== '' && `Runs first if a condition leads there: ${perhaps}.`,
    reused.length > 0 && `Not run again: ${reused.join(', ')}.`,
    pinned.length > 0 && `Pinned: ${pinned.join(', ')}.`,
  ].filter((part) => part !== false);
  return parts.length > 0 ? parts.join(' ') : undefined;
}

function toDoWords({ step, outside }: TestPlanView['does'][number]): string {
  return outside ? `${step} (really sends)` : step;
}
