import { Link } from 'wouter';
import type { RunView } from '../api/wire.js';
import { duration, shortId } from '../format/format.js';

/** Why a run has not begun yet: its flow is paused. */
export function Held({ run: { held, flowId } }: { readonly run: RunView }) {
  if (!held) return null;
  return (
    <p>
      It is held, because its flow is paused:{' '}
      <Link className="link" href={`/flows/${flowId}/edit`}>
        resume it
      </Link>
      , and what was held goes on.
    </p>
  );
}

/** Why a run has not begun yet: so many of its flow begin within a time. */
export function Pace({ pace }: { readonly pace: RunView['pace'] }) {
  if (!pace) return null;
  return (
    <p>
      It waits for the rate of its flow: {pace.limit} {pace.limit === 1 ? 'run begins' : 'runs begin'} within {duration(pace.perMs)}, and{' '}
      {pace.before === 0 ? 'this one is next' : `${pace.before} came before this one`}.
    </p>
  );
}

/** Why a run has not begun yet: others of its lane go on, or came before it. */
export function Turn({ lane }: { readonly lane: RunView['lane'] }) {
  if (!lane || lane.place === 0) return null;
  return (
    <p>
      It waits for its turn
      {lane.behind !== null && (
        <>
          {' '}
          behind run{' '}
          <Link className="link mono" href={`/runs/${lane.behind}`}>
            {shortId(lane.behind)}
          </Link>
        </>
      )}
      : {lineWords(lane)}
    </p>
  );
}

/** What holds it back, as the end of a sentence. */
function lineWords({ key, limit, place }: NonNullable<RunView['lane']>): string {
  const whose = key === '' ? 'of this flow' : `with the key ${key}`;
  const ahead = place === 1 ? 'this one is next' : `${place - 1} stand before this one in line`;
  return `${limit} ${limit === 1 ? 'run' : 'runs'} ${whose} may go on at a time, and ${ahead}.`;
}
