import { useState, type SubmitEvent } from 'react';
import type { EndpointItem } from '../api/wire.js';
import { useCredentials } from '../api/queries.js';
import { PlainInput, Select } from '../editor/plain-inputs.js';
import { objectOf, textOf, type JsonObject } from '../flow/structure.js';
import { Button } from '../ui/controls.js';
import { Failure } from '../ui/states.js';
import { ENDPOINT_FIELDS, withSetting } from './endpoint-settings.js';
import { useKeepEndpoint } from './queries.js';
import { isAddress } from './recipes.js';
import { SettingInput } from './setting-input.js';

/** What was changed, over the revision that it was changed from. */
interface Draft {
  readonly definition: JsonObject;
  readonly revision: number;
}

/**
 * Changes what an endpoint says of requests. It is checked as a whole when it is saved; until then nothing changes. What somebody
 * else saved meanwhile is not overwritten: the server says so.
 */
export function EndpointForm({ endpoint }: { readonly endpoint: EndpointItem }) {
  const { name, source, definition, revision } = endpoint;
  const [draft, setDraft] = useState<Draft>();
  const keep = useKeepEndpoint();
  const now = draft?.definition ?? objectOf(definition as JsonObject | undefined);
  const change = (next: JsonObject): void => setDraft({ definition: next, revision: draft?.revision ?? revision });
  const set = (key: string) => (text: string) => change(withSetting(now, { pointer: `/${key}`, label: key, kind: 'text' }, text));
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (draft) keep.mutate({ name, body: draft }, { onSuccess: () => setDraft(undefined) });
  };
  return (
    <form className="connect-form" onSubmit={submit} aria-label="Settings of the endpoint">
      {source === 'file' && (
        <p className="dim">It is declared in endpoints.json. What is saved here goes before the file, which stays as it is.</p>
      )}
      <PlainInput label="What people call it" pointer="/name" value={textOf(now['name']) ?? ''} onChange={set('name')} />
      <PlainInput label="Note" pointer="/note" value={textOf(now['note']) ?? ''} onChange={set('note')} />
      <CredentialInput value={textOf(now['credential']) ?? ''} onChange={set('credential')} />
      {ENDPOINT_FIELDS.map((field) => (
        <SettingInput key={field.pointer} field={field} now={now} onChange={change} />
      ))}
      <div className="actions">
        <Button look="ink" type="submit" disabled={draft === undefined || keep.isPending}>
          Save the settings
        </Button>
        <Button disabled={draft === undefined} onClick={() => setDraft(undefined)}>
          Undo the changes
        </Button>
      </div>
      {keep.error && <Failure error={keep.error} />}
      {keep.isSuccess && draft === undefined && <p role="status">Saved. It holds for the requests that come from now on.</p>}
    </form>
  );
}

function CredentialInput({ value, onChange }: { readonly value: string; readonly onChange: (name: string) => void }) {
  const fitting = (useCredentials().data?.items ?? []).filter((one) => !isAddress(one)).map(({ name }) => [name, name] as const);
  const options = [['', 'None: anybody who knows the URL may send'] as const, ...fitting];
  return <Select label="Credential" pointer="/credential" value={value} options={options} onChange={onChange} />;
}
