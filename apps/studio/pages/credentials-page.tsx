import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useComponents, useCredentials } from '../api/queries.js';
import type { CredentialItem } from '../api/wire.js';
import { expiryWords } from '../connect/expiry.js';
import { NewCredential } from '../connect/new-credential.js';
import { Header } from '../shell/shell.js';
import { ago } from '../format/format.js';
import { Button } from '../ui/controls.js';
import { Glyph, type GlyphStatus } from '../ui/glyph.js';
import { HeadRow } from '../ui/head-row.js';
import { Empty, Loaded } from '../ui/states.js';
import { useNow } from '../ui/use-now.js';

export function CredentialsPage() {
  return (
    <>
      <Header trail={[{ label: 'Credentials' }]} actions={<Make />} />
      <Loaded query={useCredentials()} what="the credentials">
        {({ items }) => (items.length === 0 ? <None /> : <Table items={items} />)}
      </Loaded>
    </>
  );
}

/** For whatever flows may use, and for what they receive. */
function Make() {
  const [open, setOpen] = useState(false);
  const [, navigate] = useLocation();
  const recipes = useComponents().data?.items.flatMap(({ credential }) => credential?.recipes ?? []) ?? [];
  const onMade = (name: string): void => navigate(`/credentials/${encodeURIComponent(name)}`);
  return (
    <>
      <Button look="ink" onClick={() => setOpen(true)}>
        New credential
      </Button>
      <NewCredential wish={open ? { wanted: { recipes }, onMade } : undefined} onClose={() => setOpen(false)} />
    </>
  );
}

function None() {
  return (
    <Empty title="No credentials yet">
      <p>
        A credential is a name for how a request is verified or signed. Names are bound in <code>flows/credentials.json</code> or sealed
        here; secrets are never shown.
      </p>
    </Empty>
  );
}

function Table({ items }: { readonly items: readonly CredentialItem[] }) {
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Credentials">
      <table className="table">
        <HeadRow names={['Name', 'Type', 'Used by', 'Last taken', 'State']} />
        <tbody>
          {items.map((credential) => (
            <tr key={credential.name}>
              <td>
                <span className="with-glyph">
                  <Glyph status={glyphOf(credential)} quiet />
                  <Link className="link" href={`/credentials/${encodeURIComponent(credential.name)}`}>
                    <code>{credential.name}</code>
                  </Link>
                </span>
              </td>
              <td className="dim">{credential.type}</td>
              <td>
                <UsedBy credential={credential} />
              </td>
              <td>
                <LastTaken credential={credential} />
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

function glyphOf({ usable, missing }: CredentialItem): GlyphStatus {
  if (usable) return 'live';
  return missing === null ? 'not-enabled' : 'paused';
}

/** The flows and endpoints that name it. */
export function UsedBy({ credential: { usedBy } }: { readonly credential: CredentialItem }) {
  if (usedBy.length === 0) return <span className="dim">no live version of a flow</span>;
  return (
    <ul className="inline-list">
      {usedBy.map((user) => (
        <li key={user}>
          <Link className="link" href={user.startsWith('endpoints/') ? `/${user}/details` : `/flows/${user}`}>
            {user}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function LastTaken({ credential: { lastSuccessAt, lastFailureAt, lastFailure } }: { readonly credential: CredentialItem }) {
  const now = useNow();
  const failedLast = lastFailureAt !== null && (lastSuccessAt === null || lastFailureAt > lastSuccessAt);
  if (failedLast)
    return (
      <span className="bad">
        refused {ago(lastFailureAt, now)}: {lastFailure?.reason}
      </span>
    );
  return <span className="dim">{lastSuccessAt === null ? 'not yet' : ago(lastSuccessAt, now)}</span>;
}

/** Whether it can be used, and for how long. */
export function State({ credential }: { readonly credential: CredentialItem }) {
  const { usable, missing, problem, source } = credential;
  const expiry = expiryWords(credential, useNow());
  if (usable && expiry !== undefined) return <span className="amber">{expiry}</span>;
  if (usable) return <>{source === 'sealed' ? 'Ready, sealed' : 'Ready'}</>;
  if (missing === null) return <span className="bad">{problem ?? 'It cannot be used.'}</span>;
  return (
    <span className="amber">
      Set <code>{missing}</code> in the environment and start again, or give the secret on its page.
    </span>
  );
}
