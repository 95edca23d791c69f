import type { Json } from '@millrace/component-sdk';
import type { FlowStep } from '../flow/structure.js';
import { expressionWords, laneWords } from '../flow/words.js';
import { lookedAt, withValues, type Known } from './explain.js';
import type { ShownRun } from './shown-run.js';

/** Why a branch was taken: the condition, and each value that it looked at. */
export function Why({ shown, step }: { readonly shown: ShownRun; readonly step: FlowStep }) {
  const lane = step.lanes.find(({ key }) => shown.overlay.took(step.id, key) === true);
  if ((step.kind !== 'if' && step.kind !== 'switch') || !lane) return null;
  const conditions = step.kind === 'if' ? [step.json['if']] : [step.json['switch'], ...whenOf(step.json['cases'])];
  const known = knownOf(shown);
  const looked = lookedAt(conditions.filter((text) => typeof text === 'string').join(' '), known);
  return (
    <section className="why">
      <h3>Why this way</h3>
      <p className="why-line">
        <code>{expressionWords(withValues(String(conditions[0]), known))}</code> →{' '}
        <strong>{step.kind === 'if' ? (lane.key === 'then' ? 'yes' : 'no') : laneWords(step, lane)}</strong>
      </p>
      <ul>
        {looked.map(({ path, value }) => (
          <li key={path}>
            <code>{path}</code>{' '}
            {value === undefined ? (
              <span className="bad">was missing</span>
            ) : (
              <code className="dim">= {JSON.stringify(value).slice(0, 200)}</code>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function whenOf(cases: Json | undefined): Json[] {
  return Array.isArray(cases) ? cases.flatMap((entry) => (entry as { when?: Json }).when ?? []) : [];
}

function knownOf({ run, event }: ShownRun): Known {
  const steps = Object.fromEntries(run.steps.filter(({ output }) => output !== null).map(({ path, output }) => [path, output as Json]));
  const trigger: Known['trigger'] = event
    ? { body: event.body.value as Json, headers: event.headers, method: event.method, id: event.id }
    : {};
  return { steps, trigger };
}
