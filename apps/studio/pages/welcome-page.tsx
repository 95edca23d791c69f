import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useEvent, useEvents, useFlows } from '../api/queries.js';
import type { EventItem, FlowItem } from '../api/wire.js';
import { BuildFlow } from '../editor/new-flow.js';
import { clock, size } from '../format/format.js';
import { EventBody } from '../run/panels.js';
import { Header } from '../shell/shell.js';
import { Button, CopyField } from '../ui/controls.js';
import { Glyph, statusWords } from '../ui/glyph.js';
import { useOnce } from '../ui/once.js';
import { Loaded } from '../ui/states.js';
import { curlLine, fetchLine, SAMPLE } from './curl.js';
import { firstFlow } from './send-line.js';

/** The first minutes: send something, look at it, go on. */
export function WelcomePage() {
  const flows = useFlows();
  return (
    <>
      <Header trail={[{ label: 'Start' }]} />
      <div className="page-body" tabIndex={0} role="region" aria-label="Start">
        <Loaded query={flows} what="the flows">
          {({ items }) => <Steps flow={firstFlow(items)} />}
        </Loaded>
      </div>
    </>
  );
}

function Steps({ flow }: { readonly flow: FlowItem | undefined }) {
  const events = useEvents({ flow: flow?.id });
  const latest = events.data?.pages[0]?.items[0];
  if (typeof flow?.trigger?.url !== 'string') return <NoFlow />;
  return (
    <ol className="welcome">
      <Send flow={flow} url={flow.trigger.url} latest={latest} />
      <Look latest={latest} />
      <GoOn flow={flow} latest={latest} />
    </ol>
  );
}

function NoFlow() {
  return (
    <p className="dim">
      No flow is live that takes requests.{' '}
      <Link className="link" href="/flows">
        The flows
      </Link>{' '}
      say why.
    </p>
  );
}

const WAYS = ['curl', 'JavaScript'] as const;

function Send({ flow, url, latest }: { readonly flow: FlowItem; readonly url: string; readonly latest: EventItem | undefined }) {
  const [way, setWay] = useState<(typeof WAYS)[number]>('curl');
  return (
    <li>
      <h2>Send something.</h2>
      <p className="dim">This is the URL of the flow “{flow.name ?? flow.id}”. Whatever arrives here is kept.</p>
      <CopyField label="Copy the URL" text={url} />
      <div className="ways" role="group" aria-label="How to send">
        {WAYS.map((name) => (
          <Button key={name} look="quiet" aria-pressed={way === name} onClick={() => setWay(name)}>
            {name}
          </Button>
        ))}
        <SendSample url={url} />
      </div>
      <CopyField label={`Copy the ${way} example`} text={way === 'curl' ? curlLine(url) : fetchLine(url)} />
      <Arrival latest={latest} />
    </li>
  );
}

/** From this page: the same request that the examples make. */
function SendSample({ url }: { readonly url: string }) {
  const [failure, setFailure] = useState('');
  const send = useOnce(async () => {
    const target = new URL(url);
    const response = await fetch(target.pathname, { method: 'POST', headers: { 'content-type': 'application/json' }, body: SAMPLE }).catch(
      () => undefined,
    );
    setFailure(response?.ok ? '' : `It was answered ${response?.status ?? 'not at all'}. The refused events say why.`);
  });
  return (
    <>
      <Button onClick={send}>Send a sample for me</Button>
      {failure !== '' && <span className="bad">{failure}</span>}
    </>
  );
}

function Arrival({ latest }: { readonly latest: EventItem | undefined }) {
  return (
    <p className="live-line" data-done={latest !== undefined} role="status">
      <Glyph status={latest ? 'succeeded' : 'queued'} quiet />
      {latest
        ? `Received ${latest.name ?? `${latest.method} ${latest.url}`}, ${size(latest.size)}, ${clock(latest.receivedAt)}`
        : 'Waiting for your first event…'}
    </p>
  );
}

function Look({ latest }: { readonly latest: EventItem | undefined }) {
  const event = useEvent(latest?.id);
  return (
    <li data-open={latest !== undefined}>
      <h2>Look at it.</h2>
      {event.data ? (
        <>
          <p className="dim">You can use each of these values in any step.</p>
          <EventBody event={event.data} />
          <div className="actions">
            <BuildFlow event={event.data} />
          </div>
        </>
      ) : (
        <p className="dim">Your event opens here as soon as it arrives.</p>
      )}
    </li>
  );
}

function GoOn({ flow, latest }: { readonly flow: FlowItem; readonly latest: EventItem | undefined }) {
  const event = useEvent(latest?.id);
  const [, navigate] = useLocation();
  const run = event.data?.runs[0];
  return (
    <li data-open={run !== undefined}>
      <h2>See what it did.</h2>
      {run ? (
        <p className="with-glyph">
          <Glyph status={run.status} quiet /> Run {statusWords(run.status).toLowerCase()}
        </p>
      ) : (
        <p className="dim">Each event starts a run of the flow. You can watch it step by step.</p>
      )}
      <div className="actions">
        {run && <Button onClick={() => navigate(`/runs/${run.id}`)}>Open the run</Button>}
        <Link className="button" data-look="plain" href={`/flows/${flow.id}`}>
          Look at the flow
        </Link>
      </div>
    </li>
  );
}
