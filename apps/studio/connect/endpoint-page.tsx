import { Link, useLocation } from 'wouter';
import { useEvents, useRefusals } from '../api/queries.js';
import type { EndpointItem, EventItem, RefusalView } from '../api/wire.js';
import { ago, clock, count, moment, size } from '../format/format.js';
import { curlLine } from '../pages/curl.js';
import { HourStrip } from '../pages/hour-strip.js';
import { Header } from '../shell/shell.js';
import { CopyField, Fact, Facts } from '../ui/controls.js';
import { ConfirmedButton } from '../ui/confirmed-button.js';
import { Glyph } from '../ui/glyph.js';
import { Sentence } from '../ui/sentence.js';
import { Failure, Loaded } from '../ui/states.js';
import { useNow } from '../ui/use-now.js';
import { EndpointForm } from './endpoint-form.js';
import { glyphOf } from './endpoints-page.js';
import { useCredential, useEndpoint, useEndpointActivity, useExplained, useRemoveEndpoint } from './queries.js';
import { ChangeSecret } from './secret.js';

/** One URL: how to send to it, who may, what came lately and what was refused. */
export function EndpointPage({ name }: { readonly name: string }) {
  return (
    <>
      <Header trail={[{ label: 'Endpoints', href: '/endpoints' }, { label: name }]} />
      <div className="page-body connect-page" tabIndex={0} role="region" aria-label="The endpoint">
        <Loaded query={useEndpoint(name)} what="the endpoint">
          {(endpoint) => <Parts endpoint={endpoint} />}
        </Loaded>
      </div>
    </>
  );
}

function Parts({ endpoint }: { readonly endpoint: EndpointItem }) {
  const { name, title, note, url } = endpoint;
  return (
    <>
      <section>
        <h2 className="with-glyph">
          <Glyph status={glyphOf(endpoint)} /> {title ?? name}
        </h2>
        {note !== null && <p className="dim">{note}</p>}
        <CopyField label="Copy the URL" text={url} />
        {endpoint.credential === null && <CopyField label="Copy the curl line" text={curlLine(url)} />}
        <Arrival place={`endpoints/${name}`} />
        <Problems endpoint={endpoint} />
      </section>
      <Lately name={name} />
      <Senders endpoint={endpoint} />
      <About endpoint={endpoint} />
      <Settings endpoint={endpoint} />
      <Refused name={name} />
      {endpoint.source === 'made' && <Remove endpoint={endpoint} />}
    </>
  );
}

function Arrival({ place }: { readonly place: string }) {
  const latest: EventItem | undefined = useEvents({ flow: place }).data?.pages[0]?.items[0];
  return (
    <p className="live-line" data-done={latest !== undefined} role="status">
      <Glyph status={latest ? 'succeeded' : 'queued'} quiet />
      {latest ? (
        <>
          Received {latest.name ?? latest.method}, {size(latest.size)}, {clock(latest.receivedAt)}
          <Link className="link" href={`/events/${latest.id}`}>
            Look at it
          </Link>
        </>
      ) : (
        'Waiting for the first event…'
      )}
    </p>
  );
}

function Problems({ endpoint: { problems, takesRequests } }: { readonly endpoint: EndpointItem }) {
  if (problems.length === 0) return null;
  return (
    <div className="failure" role="alert">
      <Glyph status={takesRequests ? 'paused' : 'not-enabled'} quiet />
      <div>
        <p>{takesRequests ? 'Its last sound form stays in force.' : 'It takes nothing: what is sent is answered 503.'}</p>
        {problems.map(({ code, path, message }) => (
          <p key={`${code}${path}`}>
            <Sentence text={message} />
          </p>
        ))}
      </div>
    </div>
  );
}

function Lately({ name }: { readonly name: string }) {
  const { data } = useEndpointActivity(name);
  if (!data) return null;
  const words = `${count(data.events, 'event')} and ${count(data.refused, 'refused request')} in 24 hours`;
  const hours = data.hours.map(({ events, refused }) => ({ runs: events + refused, failed: refused }));
  return (
    <section>
      <h3>The last 24 hours</h3>
      <HourStrip hours={hours} label={name} words={words} />
      <p className="dim">{words}</p>
    </section>
  );
}

function Senders({ endpoint: { name, credential, ownsCredential } }: { readonly endpoint: EndpointItem }) {
  return (
    <section>
      <h3>Who may send</h3>
      {credential === null ? (
        <p className="amber">
          Anybody who knows the URL. <code>millrace endpoints change {name} --scheme …</code> makes a secret for it.
        </p>
      ) : (
        <SecretHolders name={name} credential={credential} isOwn={ownsCredential} />
      )}
    </section>
  );
}

interface SecretHoldersProps {
  readonly name: string;
  readonly credential: string;
  readonly isOwn: boolean;
}

function SecretHolders({ name, credential, isOwn }: SecretHoldersProps) {
  return (
    <>
      <p>
        Whoever proves to have the secret of{' '}
        <Link className="link" href={`/credentials/${credential}`}>
          {credential}
        </Link>
        {isOwn ? ', which was made for this endpoint.' : ', which others may use as well.'}
      </p>
      <Loaded query={useCredential(credential)} what="the credential">
        {({ definition, oldSecretUntil }) => (
          <>
            {oldSecretUntil !== null && <OldSecret until={oldSecretUntil} />}
            <ChangeSecret of={`endpoints/${name}`} definition={definition} />
          </>
        )}
      </Loaded>
    </>
  );
}

/** While a replaced secret still counts. */
export function OldSecret({ until }: { readonly until: string }) {
  return <p className="amber">A secret that was replaced still counts until {moment(until, useNow())}.</p>;
}

function About({ endpoint }: { readonly endpoint: EndpointItem }) {
  const { methods, listeners, source, shadowsFile, definition } = endpoint;
  const { respond } = (definition ?? {}) as { respond?: unknown };
  return (
    <section>
      <h3>What it does</h3>
      <Facts>
        <Fact label="Methods">{methods.join(', ')}</Fact>
        <Fact label="Answer">
          {respond === undefined || respond === 'immediately' ? '202 with the ids, once it is written down' : JSON.stringify(respond)}
        </Fact>
        <Fact label="Flows">
          {listeners.length === 0 ? 'none: what comes is kept' : listeners.map((id) => <ListeningFlow key={id} id={id} />)}
        </Fact>
        <Fact label="Declared">{source === 'file' ? 'in endpoints.json' : shadowsFile ? 'here, before endpoints.json' : 'here'}</Fact>
      </Facts>
      <pre className="code-block" tabIndex={0} aria-label="Definition">
        {JSON.stringify(definition, null, 2)}
      </pre>
    </section>
  );
}

function Settings({ endpoint }: { readonly endpoint: EndpointItem }) {
  return (
    <section>
      <h3>Change it</h3>
      <EndpointForm key={endpoint.name} endpoint={endpoint} />
    </section>
  );
}

function ListeningFlow({ id }: { readonly id: string }) {
  return (
    <Link className="link" href={`/flows/${id}`}>
      {id}
    </Link>
  );
}

const SHOWN = 5;

/** With the words of whoever explained it, where somebody did. */
function Refused({ name }: { readonly name: string }) {
  const items = useRefusals({ flow: `endpoints/${name}` }).data?.pages[0]?.items ?? [];
  return (
    <section>
      <h3>Refused lately</h3>
      {items.length === 0 && <p className="dim">Nothing was refused.</p>}
      <ul className="refused-list">
        {items.slice(0, SHOWN).map((refusal) => (
          <RefusedRow key={refusal.id} refusal={refusal} />
        ))}
      </ul>
    </section>
  );
}

function RefusedRow({ refusal: { id, at, status, reason } }: { readonly refusal: RefusalView }) {
  const now = useNow();
  const finding = useExplained(id).data?.diagnosis?.findings[0];
  return (
    <li>
      <Link className="link" href={`/refusals/${id}`}>
        {status}, {ago(at, now)}
      </Link>{' '}
      <Sentence text={reason} />
      {finding && (
        <p className="dim">
          <Sentence text={`${finding.message} ${finding.advice}`} />
        </p>
      )}
    </li>
  );
}

function Remove({ endpoint: { name, listeners } }: { readonly endpoint: EndpointItem }) {
  const [, navigate] = useLocation();
  const remove = useRemoveEndpoint(name);
  const go = (): void => remove.mutate(undefined, { onSuccess: () => navigate('/endpoints') });
  return (
    <section>
      <h3>Remove it</h3>
      <p className="dim">
        Its URL closes at once, and the credential that was made for it goes too.
        {listeners.length > 0 && ' Flows listen: change these first.'}
      </p>
      <ConfirmedButton sure={`Remove ${name} for good`} disabled={listeners.length > 0 || remove.isPending} onConfirm={go}>
        Remove the endpoint
      </ConfirmedButton>
      {remove.error && <Failure error={remove.error} />}
    </section>
  );
}
