import { Link } from 'wouter';
import { useFlows } from '../api/queries.js';
import type { EndpointItem, FlowItem } from '../api/wire.js';
import { Header } from '../shell/shell.js';
import { HeadRow } from '../ui/head-row.js';
import { CopyButton } from '../ui/controls.js';
import { Glyph, type GlyphStatus } from '../ui/glyph.js';
import { Empty, Loaded } from '../ui/states.js';
import { NewEndpoint } from './new-endpoint.js';
import { useEndpoints } from './queries.js';

/** Every URL that receives: shared ones, and those of single flows. */
export function EndpointsPage() {
  return (
    <>
      <Header trail={[{ label: 'Endpoints' }]} actions={<NewEndpoint />} />
      <Loaded query={useEndpoints()} what="the endpoints">
        {({ items }) => <Lists shared={items} />}
      </Loaded>
    </>
  );
}

function Lists({ shared }: { readonly shared: readonly EndpointItem[] }) {
  const flows = useFlows();
  const own = (flows.data?.items ?? []).filter(({ id, trigger }) => trigger?.url?.endsWith(`/flows/${id}/hook`));
  if (shared.length === 0 && own.length === 0) return <None />;
  return (
    <div className="page-body" tabIndex={0} role="region" aria-label="Endpoints">
      {shared.length > 0 && <Urls title="Shared" rows={shared.map(sharedRow)} />}
      {own.length > 0 && <Urls title="Of one flow each" rows={own.map(ownRow)} />}
    </div>
  );
}

function None() {
  return (
    <Empty title="No endpoints yet">
      <p>An endpoint is a URL that receives. What arrives is kept, also while no flow listens.</p>
    </Empty>
  );
}

interface Row {
  readonly key: string;
  readonly name: string;
  readonly code: string;
  readonly href: string;
  readonly url: string;
  readonly glyph: GlyphStatus;
  readonly credential: string | null;
  /** Who listens, and what declares it. For the URL of a single flow both are that flow. */
  readonly shared?: { readonly listeners: readonly string[]; readonly from: string };
}

function sharedRow(endpoint: EndpointItem): Row {
  const { name, title, url, credential, listeners, source } = endpoint;
  const from = source === 'made' ? 'made here' : 'endpoints.json';
  const href = `/endpoints/${name}/details`;
  return { key: name, name: title ?? name, code: name, href, url, glyph: glyphOf(endpoint), credential, shared: { listeners, from } };
}

export function glyphOf({ takesRequests, problems }: Pick<EndpointItem, 'takesRequests' | 'problems'>): GlyphStatus {
  if (!takesRequests) return 'not-enabled';
  return problems.length > 0 ? 'paused' : 'live';
}

function ownRow({ id, name, state, trigger }: FlowItem): Row {
  const glyph = state === 'live' || state === 'paused' ? state : 'not-enabled';
  const common = { key: `flow ${id}`, name: name ?? id, code: id, href: `/flows/${id}`, url: trigger?.url ?? '', glyph } as const;
  return { ...common, credential: trigger?.credential ?? null };
}

const COLUMNS = ['Name', 'URL', 'Senders prove themselves by'];
const SHARED_COLUMNS = [...COLUMNS, 'Flows', 'Declared by'];

function Urls({ title, rows }: { readonly title: string; readonly rows: readonly Row[] }) {
  return (
    <section>
      <h2>{title}</h2>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={title}>
        <table className="table">
          <HeadRow names={rows.some(({ shared }) => shared) ? SHARED_COLUMNS : COLUMNS} />
          <tbody>
            {rows.map((row) => (
              <UrlRow key={row.key} row={row} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function UrlRow({ row: { name, code, href, url, glyph, credential, shared } }: { readonly row: Row }) {
  return (
    <tr>
      <td>
        <span className="with-glyph">
          <Glyph status={glyph} />
          <Link className="link" href={href}>
            {name}
          </Link>
          {name !== code && <code className="dim">{code}</code>}
        </span>
      </td>
      <td>
        <span className="url-cell">
          <code>{new URL(url).pathname}</code>
          <CopyButton label={`Copy the URL of ${name}`} text={url} />
        </span>
      </td>
      <td>{credential === null ? <span className="amber">nothing: it is open</span> : <code>{credential}</code>}</td>
      {shared && (
        <>
          <td>{shared.listeners.length === 0 ? <span className="dim">none: what comes is kept</span> : shared.listeners.join(', ')}</td>
          <td className="dim">{shared.from}</td>
        </>
      )}
    </tr>
  );
}
