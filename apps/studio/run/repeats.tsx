import type { Json } from '@millrace/component-sdk';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link } from 'wouter';
import { get } from '../api/client.js';
import type { EventView, RunPage, RunView, StepView } from '../api/wire.js';
import { objectOf, type FlowStep, type FlowTree } from '../flow/structure.js';
import { shortId } from '../format/format.js';
import { statusWords } from '../ui/glyph.js';
import { isActive } from './overlay.js';
import { replayedIn } from './replayed.js';
import { takenOver } from './retried.js';
import { useRetryWords } from './retry-words.js';

export function RunLink({ id }: { readonly id: string }) {
  return (
    <Link className="link mono" href={`/runs/${id}`}>
      {shortId(id)}
    </Link>
  );
}

interface RepeatsProps {
  readonly run: RunView;
  readonly tree: FlowTree;
  readonly event: EventView | undefined;
}

/** Which run this one repeats, and what of that it did not do again. */
export function Repeats({ run, tree, event }: RepeatsProps) {
  const over = useMemo(() => takenOver(run, tree), [run, tree]);
  if (run.rerunOf === null) return null;
  if (!over) {
    return (
      <p>
        Repeats run <RunLink id={run.rerunOf} />
        {event?.origin?.kind === 'rerun' && ' with another body'}.
      </p>
    );
  }
  const { words, isOne, from } = over;
  return (
    <p>
      Retries run <RunLink id={run.rerunOf} />
      {from !== undefined && ` from ${from}`}. {words} {isOne ? 'was' : 'were'} not run again: what {isOne ? 'it' : 'they'} gave is taken
      over.
    </p>
  );
}

/** That it is a replay, and of which event. */
export function Replays({ run, event }: Pick<RepeatsProps, 'run' | 'event'>) {
  const replayed = replayedIn(run, event);
  if (!replayed) return null;
  const { eventId, before } = replayed;
  return (
    <p>
      Replay of event{' '}
      <Link className="link mono" href={`/events/${eventId}`}>
        {shortId(eventId)}
      </Link>
      {before === undefined ? (
        '.'
      ) : (
        <>
          , which had made run <RunLink id={before} /> before.
        </>
      )}
    </p>
  );
}

/** Runs that are named; who repeats a run more often finds the others by its event. */
const NAMED = 5;

/** What repeats a run, the newest first. Only what has ended is repeated, and no test is. */
export function RepeatedBy({ run }: { readonly run: RunView }) {
  const { data } = useQuery({
    queryKey: ['runs', 'repeating', run.id],
    queryFn: ({ signal }) => get<RunPage>('runs', { rerunOf: run.id, limit: NAMED }, signal),
    enabled: !isActive(run) && !run.test,
  });
  if (!data || data.items.length === 0) return null;
  return (
    <p>
      {run.status === 'failed' ? 'Retried' : 'Repeated'} by run{' '}
      {data.items.map(({ id, status }, index) => (
        <span key={id}>
          {index > 0 && ', '}
          <RunLink id={id} /> ({statusWords(status).toLowerCase()})
        </span>
      ))}
      {data.next === null ? '.' : ', …'}
    </p>
  );
}

/** Which run called this one, and whose the failure is. */
export function CalledBy({ run: { parent, resolution } }: { readonly run: RunView }) {
  if (parent === null) return null;
  return (
    <p>
      Called by run <RunLink id={parent} />
      {resolution === 'caller' ? ', which was told of the failure: retry that one, and it calls this flow again.' : '.'}
    </p>
  );
}

/** The run that a `call` step started, unless it has given its output by now: that is what the step keeps then. */
export function CalledRun({ step, row }: { readonly step: FlowStep; readonly row: StepView | undefined }) {
  if (row?.kind !== 'call' || (row.status === 'succeeded' && step.json['await'] !== false)) return null;
  const { runId } = objectOf((row.output ?? row.error?.details) as Json);
  if (typeof runId !== 'string') return null;
  return (
    <p>
      The flow that it called ran as <RunLink id={runId} />.
    </p>
  );
}

/** What *Retry from here* is about to do, or why it cannot, before anybody presses it. */
export function RetryNote({ run, tree }: { readonly run: RunView; readonly tree: FlowTree }) {
  const words = useRetryWords(run, tree);
  return words === undefined ? null : <p className="dim">{words}</p>;
}
