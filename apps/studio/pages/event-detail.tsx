import { useQueryClient } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { send } from '../api/client.js';
import { usePressMutation } from '../api/press-mutation.js';
import { useEvent } from '../api/queries.js';
import type { EventView, ReplayView } from '../api/wire.js';
import { count, duration, moment, shortId, size } from '../format/format.js';
import { EventBody } from '../run/panels.js';
import { BuildFlow } from '../editor/new-flow.js';
import { announce } from '../shell/announcer.js';
import { Button, CopyButton, Fact, Facts, Tabs } from '../ui/controls.js';
import { Glyph, statusWords } from '../ui/glyph.js';
import { Sentence } from '../ui/sentence.js';
import { Loaded } from '../ui/states.js';
import { useNow } from '../ui/use-now.js';
import { useUrlState } from '../ui/url-state.js';
import { curlLine } from './curl.js';
import { Proof, proofWords, requestWords } from './event-words.js';

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
  const request = (
    <>
      {event.method} <code>{requestWords(event)}</code>
    </>
  );
  return (
    <article className="detail">
      <header>
        <h2>{event.name ?? request}</h2>
        {event.name !== null && <p className="dim">{request}</p>}
        <p className="dim">
          {moment(event.receivedAt, now)} · {size(event.size)} · <code>{shortId(event.id)}</code>
        </p>
        <p className="with-glyph">
          <Proof {...event} /> <span>{proofWords(event)}</span>
        </p>
        <Outcome event={event} />
        <div className="actions">
          <Replay event={event} />
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

/** A run that it has together with other events, or will have. */
function Collected({ flowId, runId, dueAt }: EventView['collectedBy'][number]) {
  const now = useNow();
  const left = dueAt === null ? 0 : Date.parse(dueAt) - now;
  return (
    <li className="with-glyph one-line">
      <Glyph status={runId === null ? 'waiting' : 'succeeded'} quiet />
      {runId === null ? (
        <span>
          Collected for {flowId}; its run begins {left > 0 ? `in ${duration(left)}, unless more events put it off` : 'soon'}.
        </span>
      ) : (
        <Link className="link" href={`/runs/${runId}`}>
          Taken together with others by run {shortId(runId)} of {flowId}
        </Link>
      )}
    </li>
  );
}

/** Which runs it made, or why none. */
function Outcome({ event }: { readonly event: EventView }) {
  const elsewhere = event.collectedBy.filter(({ runId }) => !event.runs.some(({ id }) => id === runId));
  if (event.runs.length + elsewhere.length === 0) return event.draft ? <Captured /> : <NoRun event={event} />;
  return (
    <ul className="outcome-list" aria-label={count(event.runs.length, 'run')}>
      {elsewhere.map((collected) => (
        <Collected key={collected.flowId} {...collected} />
      ))}
      {event.runs.map((run) => (
        <li key={run.id} className="with-glyph one-line">
          <Glyph status={run.status} quiet />
          <Link className="link" href={`/runs/${run.id}`}>
            {run.test ? 'Test' : 'Run'} {shortId(run.id)} {statusWords(run.status).toLowerCase()}
          </Link>
          {run.finishedAt && <span className="dim">{duration(Date.parse(run.finishedAt) - Date.parse(run.createdAt))}</span>}
          {run.error && (
            <span className="bad nowrap">
              <Sentence text={run.error.message} />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

function Captured() {
  return (
    <div className="outcome">
      <Glyph status="waiting" quiet />
      <p>Captured: the flow was a draft when this came, so that nothing was run. Publish the flow, then replay the event to run it.</p>
    </div>
  );
}

/** The reason in the words of the flow: the clause that did not hold, of each flow that listens. */
function NoRun({ event: { unmatched, unmatchedBy, flowId } }: { readonly event: EventView }) {
  const clauses = [...Object.entries(unmatchedBy ?? {}), ...(unmatched === null ? [] : [[flowId, unmatched] as const])];
  return (
    <div className="outcome">
      <Glyph status="filtered" quiet />
      <div>
        <p>No run. {clauses.length === 0 ? noRunReason(flowId) : 'The condition of the trigger did not hold:'}</p>
        <ul>
          {clauses.map(([flow, clause]) => (
            <li key={flow}>
              {unmatchedBy !== null && `${flow}: `}
              <code>{clause}</code>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function noRunReason(flowId: string): string {
  if (flowId.startsWith('endpoints/')) return 'No flow listened to this endpoint when it came.';
  if (flowId.startsWith('events/')) return 'No flow listened to this event when it was emitted.';
  return 'The flow did not ask for one, or its run is older than what is kept.';
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
        <Place flowId={event.flowId} />
      </Fact>
      <Fact label="Received">{event.receivedAt}</Fact>
      <Fact label="From">{event.caller ?? 'not known'}</Fact>
      <Fact label="Verified">{proofWords(event)}</Fact>
      {Object.entries(event.unmatchedBy ?? {}).map(([flow, clause]) => (
        <Fact key={flow} label={`Not taken by ${flow}`}>
          <code>{clause}</code>
        </Fact>
      ))}
      <Fact label="Type">{event.contentType ?? 'none'}</Fact>
      <Fact label="Id">
        <code>{event.id}</code>
      </Fact>
    </Facts>
  );
}

/** Only a flow has a page of its own. */
function Place({ flowId }: { readonly flowId: string }) {
  if (flowId.includes('/')) return <code>{flowId}</code>;
  return (
    <Link className="link" href={`/flows/${flowId}`}>
      {flowId}
    </Link>
  );
}

/** Starts the live version for the event once more, and shows the run. */
function Replay({ event: { id } }: { readonly event: EventView }) {
  const [, navigate] = useLocation();
  const client = useQueryClient();
  const replay = usePressMutation({
    mutationFn: () => send<ReplayView>('POST', `events/${id}/replay`),
    onSuccess: async ({ runId }) => {
      await client.invalidateQueries({ queryKey: ['runs'] });
      announce('Replayed');
      navigate(`/runs/${runId}`);
    },
  });
  return (
    <>
      <Button
        disabled={replay.isPending}
        data-shortcut="r"
        title="Starts the flow that is live now, as if the event came again."
        onClick={() => replay.mutate()}
      >
        Replay
      </Button>
      {replay.error && (
        <span className="bad" role="alert">
          {replay.error.message}
        </span>
      )}
    </>
  );
}

function asCurl({ id, url, body, method, contentType }: EventView): string {
  if (body.kind === 'large')
    return `curl -X ${method} --data-binary @event-${id}.bin -H 'content-type: ${contentType ?? ''}' ${location.origin}${url}`;
  const text = body.kind === 'parsed' ? JSON.stringify(body.value) : String(body.value ?? '');
  const line = curlLine(`${location.origin}${url}`, text);
  return method === 'POST' ? line : line.replace('curl ', `curl -X ${method} `);
}
