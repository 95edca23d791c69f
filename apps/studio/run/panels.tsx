import type { Json } from '@millrace/component-sdk';
import { Link } from 'wouter';
import type { EventView } from '../api/wire.js';
import { clock, moment, shortId, size } from '../format/format.js';
import { Fact, Facts } from '../ui/controls.js';
import { DataTree, RemoteTree } from '../ui/data-tree.js';
import { Glyph, statusWords } from '../ui/glyph.js';
import { useNow } from '../ui/use-now.js';
import { ErrorBlock } from './error-block.js';
import { Took } from './run-bar.js';
import type { ShownRun } from './shown-run.js';

/** The run itself, when no step is selected. */
export function RunPanel({ shown: { run, tree }, onSelect }: { readonly shown: ShownRun; readonly onSelect: (step: string) => void }) {
  const now = useNow();
  const failedStep = run.error?.step;
  return (
    <div className="panel-body" tabIndex={0} role="region" aria-label="The run">
      <h2 className="with-glyph">
        <Glyph status={run.status} quiet /> Run {statusWords(run.status).toLowerCase()}
      </h2>
      {run.error && <ErrorBlock error={run.error} row={run.steps.find(({ path }) => path === failedStep)} />}
      {failedStep !== undefined && (
        <button type="button" className="button" data-look="plain" onClick={() => onSelect(failedStep.split('.').at(-1)!)}>
          Show the step that failed
        </button>
      )}
      <Facts>
        <Fact label="Flow">
          <Link className="link" href={`/flows/${run.flowId}`}>
            {tree.name ?? run.flowId}
          </Link>{' '}
          version {run.version}
        </Fact>
        <Fact label="Event">
          <Link className="link mono" href={`/events/${run.eventId}`}>
            {shortId(run.eventId)}
          </Link>
        </Fact>
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
  if (body.kind === 'large') return <RemoteTree source={{ path: `events/${id}/value`, query: {} }} label="Body" />;
  if (body.kind === 'parsed') return <DataTree value={body.value as Json} label="Body" />;
  return <pre className="code-block">{String(body.value)}</pre>;
}
