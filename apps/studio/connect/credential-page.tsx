import { useState, type SubmitEvent } from 'react';
import { useLocation } from 'wouter';
import type { CredentialItem } from '../api/wire.js';
import { moment } from '../format/format.js';
import { State, UsedBy } from '../pages/credentials-page.js';
import { Header } from '../shell/shell.js';
import { Button, Fact, Facts } from '../ui/controls.js';
import { ConfirmedButton } from '../ui/confirmed-button.js';
import { Glyph } from '../ui/glyph.js';
import { Failure, Loaded } from '../ui/states.js';
import { useNow } from '../ui/use-now.js';
import { OldSecret } from './endpoint-page.js';
import { expiryWords } from './expiry.js';
import { useCredential, useRemoveCredential, useTestCredential, useUnsealCredential } from './queries.js';
import { ChangeSecret } from './secret.js';

/** One credential: who uses it, how that went, and how to change its secret. The secret itself is nowhere to be seen. */
export function CredentialPage({ name }: { readonly name: string }) {
  return (
    <>
      <Header trail={[{ label: 'Credentials', href: '/credentials' }, { label: name }]} />
      <div className="page-body connect-page" tabIndex={0} role="region" aria-label="The credential">
        <Loaded query={useCredential(name)} what="the credential">
          {(credential) => <Parts credential={credential} />}
        </Loaded>
      </div>
    </>
  );
}

function Parts({ credential }: { readonly credential: CredentialItem }) {
  const { name, type, source, shadowsFile, definition, oldSecretUntil, usable } = credential;
  const expiry = expiryWords(credential, useNow());
  return (
    <>
      <section>
        <h2>
          <code>{name}</code>
        </h2>
        {expiry !== undefined && <p className="amber">{expiry}. Change the secret below.</p>}
        {oldSecretUntil !== null && <OldSecret until={oldSecretUntil} />}
        <Facts>
          <Fact label="Type">{type}</Fact>
          <Fact label="State">
            <State credential={credential} />
          </Fact>
          <Fact label="Used by">
            <UsedBy credential={credential} />
          </Fact>
          <Fact label="Defined">
            {shadowsFile ? 'sealed here, before the credentials file' : source === 'sealed' ? 'sealed here' : 'in the credentials file'}
          </Fact>
          <LastUses credential={credential} />
        </Facts>
        <pre className="code-block" tabIndex={0} aria-label="Definition, without secrets">
          {JSON.stringify(definition, null, 2)}
        </pre>
      </section>
      <section>
        <h3>Change the secret</h3>
        {source === 'file' && <p className="dim">It is sealed here then, and goes before the one of the file.</p>}
        <ChangeSecret of={`credentials/${encodeURIComponent(name)}`} definition={definition} />
      </section>
      {usable && <Test name={name} />}
      {source === 'sealed' && (shadowsFile ? <Unseal credential={credential} /> : <Remove credential={credential} />)}
    </>
  );
}

function Remove({ credential: { name, usedBy } }: { readonly credential: CredentialItem }) {
  const [, navigate] = useLocation();
  const remove = useRemoveCredential(name);
  const isNeeded = usedBy.length > 0;
  return (
    <section>
      <h3>Remove it</h3>
      <p className="dim">{isNeeded ? 'It is used: change what uses it first.' : 'Its secret is gone with it.'}</p>
      <ConfirmedButton
        sure={`Remove ${name} for good`}
        disabled={isNeeded || remove.isPending}
        onConfirm={() => remove.mutate(undefined, { onSuccess: () => navigate('/credentials') })}
      >
        Remove the credential
      </ConfirmedButton>
      {remove.error && <Failure error={remove.error} />}
    </section>
  );
}

/** For one that the credentials file defines too. */
function Unseal({ credential: { name } }: { readonly credential: CredentialItem }) {
  const unseal = useUnsealCredential(name);
  return (
    <section>
      <h3>Go by the file again</h3>
      <p className="dim">What is sealed here is gone then, and what the credentials file says of it holds.</p>
      <ConfirmedButton sure={`Remove what is sealed as ${name}`} disabled={unseal.isPending} onConfirm={() => unseal.mutate()}>
        Remove what is sealed
      </ConfirmedButton>
      {unseal.error && <Failure error={unseal.error} />}
    </section>
  );
}

function LastUses({ credential: { lastSuccessAt, lastFailureAt, lastFailure } }: { readonly credential: CredentialItem }) {
  const now = useNow();
  return (
    <>
      <Fact label="Last taken">{lastSuccessAt === null ? 'not yet' : moment(lastSuccessAt, now)}</Fact>
      <Fact label="Last refused">{lastFailureAt === null ? 'never' : `${moment(lastFailureAt, now)}: ${lastFailure?.reason ?? ''}`}</Fact>
    </>
  );
}

function Test({ name }: { readonly name: string }) {
  const [url, setUrl] = useState('');
  const test = useTestCredential(name);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    test.mutate(url.trim());
  };
  return (
    <section>
      <h3>Test it</h3>
      <form className="connect-form" onSubmit={submit} aria-label="Test the credential">
        <label>
          A URL that asks for it
          <input
            className="input"
            type="url"
            placeholder="Leave empty to try it here only"
            value={url}
            onChange={(event) => setUrl(event.target.value)}
          />
        </label>
        <Button type="submit" disabled={test.isPending}>
          {url.trim() === '' ? 'Test here' : 'Send a GET with it'}
        </Button>
        {test.error && <Failure error={test.error} />}
        {test.data && (
          <p className="with-glyph" role="status">
            <Glyph status={test.data.ok ? 'succeeded' : 'failed'} /> {test.data.message}
          </p>
        )}
      </form>
    </section>
  );
}
