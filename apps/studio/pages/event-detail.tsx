import { Link } from 'wouter';
import { useEvent } from '../api/queries.js';
import type { EventView } from '../api/wire.js';
import { count, duration, moment, shortId, size } from '../format/format.js';
import { EventBody } from '../run/panels.js';
import { BuildFlow } from '../editor/new-flow.js';
import { CopyButton, Fact, Facts, Tabs } from '../ui/controls.js';
import { Glyph, statusWords } from '../ui/glyph.js';
import { Loaded } from '../ui/states.js';
import { useNow } from '../ui/use-now.js';
import { useUrlState } from '../ui/url-state.js';
import { curlLine } from './curl.js';

export function EventDetail({ id }: { readonly id: string }) {
  return (
    <Loaded query={useEvent(id)} what="the event">
      {(event) => <Detail event={event} />}
    </Loaded>
  );
}

function Detail({ event }: { readonly event: EventView }) {
  const { get, href } = useUrlState();
  const now = useNow();
  const tab = get('tab') ?? 'body';
  const choices = [
    { value: 'body', label: 'Body', href: href({ tab: undefined }) },
    { value: 'headers', label: `Headers ${Object.keys(event.headers).length}`, href: href({ tab: 'headers' }) },
    { value: 'delivery', label: 'Delivery', href: href({ tab: 'delivery' }) },
  ];
  return (
    <article className="detail">
      <header>
        <h2>
          {event.method} <code>{event.url}</code>
        </h2>
        <p className="dim">
          {moment(event.receivedAt, now)} · {size(event.size)} · <code>{shortId(event.id)}</code>
        </p>
        <Outcome event={event} />
        <div className="actions">
          <CopyButton label="A command that sends this event again" text={asCurl(event)} words="Copy as curl" />
          <BuildFlow event={event} />
          <a className="button" data-look="plain" href={`/api/v1/events/${event.id}/body`} download>
            Download the body
          </a>
        </div>
      </header>
      <Tabs label="Parts of the event" choices={choices} value={tab} />
      {tab === 'body' && <EventBody event={event} />}
      {tab === 'headers' && <Headers headers={event.headers} />}
      {tab === 'delivery' && <Delivery event={event} />}
    </article>
  );
}

/** Which runs it made, or why none. */
function Outcome({ event }: { readonly event: EventView }) {
  if (event.runs.length === 0) {
    return (
      <p className="outcome">
        <Glyph status="filtered" quiet />
        <span>
          No run.{' '}
          {event.unmatched === null ? (
            'The flow did not ask for one.'
          ) : (
            <>
              The trigger’s condition did not hold: <code>{event.unmatched}</code>
            </>
          )}
        </span>
      </p>
    );
  }
  return (
    <ul className="outcome-list" aria-label={count(event.runs.length, 'run')}>
      {event.runs.map((run) => (
        <li key={run.id} className="with-glyph one-line">
          <Glyph status={run.status} quiet />
          <Link className="link" href={`/runs/${run.id}`}>
            Run {shortId(run.id)} {statusWords(run.status).toLowerCase()}
          </Link>
          {run.finishedAt && <span className="dim">{duration(Date.parse(run.finishedAt) - Date.parse(run.createdAt))}</span>}
          {run.error && <span className="bad nowrap">{run.error.message}</span>}
        </li>
      ))}
    </ul>
  );
}

export function Headers({ headers }: { readonly headers: Readonly<Record<string, string>> }) {
  return (
    <Facts>
      {Object.entries(headers).map(([name, value]) => (
        <Fact key={name} label={name}>
          <code>{value}</code>
        </Fact>
      ))}
    </Facts>
  );
}

function Delivery({ event }: { readonly event: EventView }) {
  return (
    <Facts>
      <Fact label="Flow">
        <Link className="link" href={`/flows/${event.flowId}`}>
          {event.flowId}
        </Link>
      </Fact>
      <Fact label="Received">{event.receivedAt}</Fact>
      <Fact label="From">{event.caller ?? 'not known'}</Fact>
      <Fact label="Type">{event.contentType ?? 'none'}</Fact>
      <Fact label="Id">
        <code>{event.id}</code>
      </Fact>
    </Facts>
  );
}

function asCurl({ url, body, method }: EventView): string {
  const text = body.kind === 'parsed' ? JSON.stringify(body.value) : String(body.value ?? '');
  const line = curlLine(`${location.origin}${url}`, text);
  return method === 'POST' ? line : line.replace('curl ', `curl -X ${method} `);
}
