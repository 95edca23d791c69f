import { stepIdOf } from '@millrace/flow';
import { Link } from 'wouter';
import type { RunItem, RunView } from '../api/wire.js';
import { count } from '../format/format.js';
import { useUrlState } from '../ui/url-state.js';

/** `2 failures passed over`; undefined where there are none, or nobody knows. */
export function passedOverWords({ passedOver }: Pick<RunItem, 'passedOver'>): string | undefined {
  return passedOver === null || passedOver === 0 ? undefined : `${count(passedOver, 'failure')} passed over`;
}

/** Of a run that succeeded all the same; leads to the first step that failed. */
export function PassedOverLink({ run }: { readonly run: RunView }) {
  const { href } = useUrlState();
  const words = passedOverWords(run);
  const first = firstPassedOver(run);
  if (words === undefined || first === undefined) return null;
  return (
    <Link className="link amber" title="The run went on from them. Shows the first." href={href({ step: first, tab: undefined })}>
      {words}
    </Link>
  );
}

/** The id of the step; of an item that is left alone, the loop. */
function firstPassedOver({ steps }: Pick<RunView, 'steps'>): string | undefined {
  const over = steps.filter(({ passedOver }) => passedOver !== null);
  const first = over.find(({ kind }) => kind !== 'item') ?? over[0];
  return first && stepIdOf(first.path);
}
