import type { Json } from '@millrace/component-sdk';
import { Link } from 'wouter';
import type { EventView, RunView } from '../api/wire.js';
import { clock, count, moment, shortId, size } from '../format/format.js';
import { Fact, Facts } from '../ui/controls.js';
import { DataTree } from '../ui/data-tree.js';
import { LargeValue } from '../ui/large-value.js';
import { Glyph } from '../ui/glyph.js';
import { useNow } from '../ui/use-now.js';
import { ErrorBlock } from './error-block.js';
import { PassedOverLink } from './passed-over.js';
import { failedPlace } from './opens-at.js';
import { CalledBy, RepeatedBy, Repeats, Replays, RetryNote } from './repeats.js';
import { Took } from './run-bar.js';
import { followedPath, runWords } from './run-words.js';
import type { ShownRun } from './shown-run.js';
import { Held, Pace, Turn } from './turn.js';

/** The run itself, when no step is selected. */
export function RunPanel({
  shown: { run, tree, event },
  onSelect,
}: {
  readonly shown: ShownRun;
  readonly onSelect: (step: string) => void;
}) {
  const now = useNow();
  const failed = failedPlace(run, tree);
  return (
    <div className="panel-body" tabIndex={0} role="region" aria-label="The run">
      <h2 className="with-glyph">
        <Glyph status={run.status} quiet /> {runWords(run)}
      </h2>
      <PassedOverLink run={run} />
      <Repeats run={run} tree={tree} event={event} />
      <Replays run={run} event={event} />
      {run.held ? <Held run={run} /> : <Turn lane={run.lane} />}
      {run.status === 'cancelled' && <Cancelled run={run} />}
      <Pace pace={run.pace} />
      <CalledBy run={run} />
      <RepeatedBy run={run} />
      {run.error && <ErrorBlock error={run.error} row={run.steps.find(({ path }) => path === run.error?.step)} />}
      <RetryNote run={run} tree={tree} />
      {failed !== undefined && (
        <button type="button" className="button" data-look="plain" onClick={() => onSelect(failed)}>
          {failed === 'trigger' ? 'Show the trigger' : 'Show the step that failed'}
        </button>
      )}
      <Facts>
        <Fact label="Flow">
          <Link className="link" href={followedPath(run)}>
            {tree.name ?? run.flowId}
          </Link>{' '}
          {run.version === 0 ? 'as a draft' : `version ${run.version}`}
        </Fact>
        <Fact label="Event">
          {event && event.name !== null && `${event.name} `}
          <Link className="link mono" href={`/events/${run.eventId}`}>
            {shortId(run.eventId)}
          </Link>
        </Fact>
        {run.collected && (
          <Fact label="Made of">
            <MadeOf {...run.collected} />
          </Fact>
        )}
        <Fact label="Came">{moment(run.createdAt, now)}</Fact>
        {run.startedAt && <Fact label="Started">{clock(run.startedAt)}</Fact>}
        <Fact label="Took">
          <Took run={run} />
        </Fact>
        <Fact label="Id">
          <code>{run.id}</code>
        </Fact>
      </Facts>
    </div>
  );
}

/** The events that were collected for a run, the first few by name. */
function MadeOf({ count: all, eventIds }: NonNullable<RunView['collected']>) {
  const shown = eventIds.slice(0, 5);
  return (
    <>
      {count(all, 'event')}:{' '}
      {shown.map((id) => (
        <span key={id}>
          <Link className="link mono" href={`/events/${id}`}>
            {shortId(id)}
          </Link>{' '}
        </span>
      ))}
      {all > shown.length && '…'}
    </>
  );
}

/** What an operator did is no failure, and still leaves a question: what was under way? */
function Cancelled({ run }: { readonly run: RunView }) {
  const open = run.steps.filter(({ status, kind }) => status === 'interrupted' && kind !== 'wait').map(({ path }) => path);
  return (
    <p className="cancelled-words">
      Somebody ended this run before it was done.{' '}
      {open.length === 0
        ? 'No step was under way.'
        : `Under way was ${open.join(', ')}: check whether it took effect before you run it again.`}
    </p>
  );
}

/** An event: where it came from and its body. */
export function EventPanel({ event }: { readonly event: EventView }) {
  return (
    <>
      <Facts>
        <Fact label="Request">
          <code>
            {event.method} {event.url}
          </code>
        </Fact>
        <Fact label="Size">{size(event.size)}</Fact>
        <Fact label="Event">
          <Link className="link mono" href={`/events/${event.id}`}>
            {shortId(event.id)}
          </Link>
        </Fact>
      </Facts>
      <h3>Body</h3>
      <EventBody event={event} />
    </>
  );
}

export function EventBody({ event: { id, body } }: { readonly event: EventView }) {
  if (body.kind === 'empty') return <p className="dim">The body is empty.</p>;
  if (body.kind === 'large') {
    return <LargeValue source={{ path: `events/${id}/value`, query: {} }} label="Body" file={`/api/v1/events/${id}/body`} />;
  }
  if (body.kind === 'parsed') return <DataTree value={body.value as Json} label="Body" />;
  return <pre className="code-block">{String(body.value)}</pre>;
}
