import { Link } from 'wouter';
import { useCredentials } from '../api/queries.js';
import type { CredentialItem } from '../api/wire.js';
import { Header } from '../shell/shell.js';
import { Glyph, type GlyphStatus } from '../ui/glyph.js';
import { Empty, Loaded } from '../ui/states.js';

export function CredentialsPage() {
  return (
    <>
      <Header trail={[{ label: 'Credentials' }]} />
      <Loaded query={useCredentials()} what="the credentials">
        {({ items, problems }) => (
          <>
            {problems.map((problem) => (
              <p key={problem} className="list-note bad">
                {problem}
              </p>
            ))}
            {items.length === 0 ? <None /> : <Table items={items} />}
          </>
        )}
      </Loaded>
    </>
  );
}

function None() {
  return (
    <Empty title="No credentials yet">
      <p>
        A credential is a name for how a request is verified or signed. Names are bound in <code>flows/credentials.json</code>; secrets come
        from the environment and are never shown here.
      </p>
    </Empty>
  );
}

function Table({ items }: { readonly items: readonly CredentialItem[] }) {
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Credentials">
      <table className="table">
        <thead>
          <tr>
            {['Name', 'Type', 'Used by', 'State'].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((credential) => (
            <tr key={credential.name}>
              <td>
                <span className="with-glyph">
                  <Glyph status={GLYPHS[credential.state]} quiet />
                  <code>{credential.name}</code>
                </span>
              </td>
              <td className="dim">{credential.type}</td>
              <td>
                <UsedBy credential={credential} />
              </td>
              <td>
                <State credential={credential} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const GLYPHS: Readonly<Record<CredentialItem['state'], GlyphStatus>> = {
  ready: 'live',
  'secret-missing': 'paused',
  broken: 'not-enabled',
  undefined: 'not-enabled',
};

function UsedBy({ credential: { usedBy } }: { readonly credential: CredentialItem }) {
  if (usedBy.length === 0) return <span className="dim">no live version of a flow</span>;
  return (
    <ul className="inline-list">
      {usedBy.map(({ flowId, step }) => (
        <li key={`${flowId} ${step}`}>
          <Link className="link" href={step === null ? `/flows/${flowId}` : `/flows/${flowId}?step=${step}`}>
            {flowId} · {step ?? 'trigger'}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function State({ credential: { state, missing, problem } }: { readonly credential: CredentialItem }) {
  if (state === 'ready') return <>Ready</>;
  if (state === 'undefined') return <span className="bad">Flows use this name, and nothing defines it.</span>;
  if (missing === null) return <span className="bad">{problem}</span>;
  return (
    <span className="amber">
      Set <code>{missing}</code> in the environment and start again.
    </span>
  );
}
