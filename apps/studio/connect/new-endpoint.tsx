import { useState, type SubmitEvent } from 'react';
import { Link } from 'wouter';
import { useCredentials } from '../api/queries.js';
import { flowIdFrom } from '../editor/starter.js';
import { Button, CopyField } from '../ui/controls.js';
import { Modal, ModalTitle } from '../ui/modal.js';
import { Failure } from '../ui/states.js';
import { SuggestedInput } from '../ui/suggested-input.js';
import { bodyOf, DETAIL, SUGGESTED, WAYS, type EndpointOrder, type Way } from './endpoint-order.js';
import { useEndpoints, useKeepEndpoint, useSchemes } from './queries.js';
import { ShownOnce } from './secret.js';

interface Draft extends EndpointOrder {
  /** The name in the URL; undefined for as long as it follows from the title. */
  readonly name: string | undefined;
}

/** Asks what a new URL is for and who may send to it. */
export function NewEndpoint() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="ink" onClick={() => setOpen(true)}>
        New endpoint
      </Button>
      <Modal open={open} onClose={() => setOpen(false)} className="connect-dialog">
        <ModalTitle>New endpoint</ModalTitle>
        <Making onDone={() => setOpen(false)} />
      </Modal>
    </>
  );
}

function Making({ onDone }: { readonly onDone: () => void }) {
  const keep = useKeepEndpoint();
  if (!keep.data) return <Form keep={keep} onCancel={onDone} />;
  const { endpoint, secret, warnings } = keep.data;
  return (
    <div className="connect-form">
      <CopyField label="Copy the URL" text={endpoint.url} />
      <p className="dim">It takes requests now, also while no flow listens.</p>
      {secret !== null && <ShownOnce secret={secret} warnings={warnings} />}
      <Link className="button" data-look="ink" href={`/endpoints/${endpoint.name}/details`} onClick={onDone}>
        Show the endpoint
      </Link>
    </div>
  );
}

interface FormProps {
  readonly keep: ReturnType<typeof useKeepEndpoint>;
  readonly onCancel: () => void;
}

function Form({ keep, onCancel }: FormProps) {
  const [draft, setDraft] = useState<Draft>({ name: undefined, title: '', way: 'signature', detail: SUGGESTED.signature });
  const change = (part: Partial<Draft>): void => setDraft({ ...draft, ...part });
  const name = useName(draft);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    keep.mutate({ name, body: bodyOf(draft) });
  };
  const isWhole = name !== '' && (DETAIL[draft.way] === undefined || draft.detail !== '');
  return (
    <form className="connect-form" onSubmit={submit}>
      <label>
        What people call it
        <input className="input" autoFocus value={draft.title} onChange={(event) => change({ title: event.target.value })} />
      </label>
      <label>
        Name in the URL
        <input
          className="input"
          required
          pattern="[a-z0-9][a-z0-9\-]*"
          value={name}
          onChange={(event) => change({ name: event.target.value.trim() })}
        />
      </label>
      <p className="dim">
        <code>/endpoints/{name || '…'}</code>, lower-case letters, digits and dashes. It cannot be changed later.
      </p>
      <Proof draft={draft} onChange={change} />
      <div className="form-foot">
        <Button look="ink" type="submit" disabled={keep.isPending || !isWhole}>
          Make the endpoint
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
      {keep.error && <Failure error={keep.error} />}
    </form>
  );
}

/** What the title suggests, until another name is given. */
function useName({ name, title }: Draft): string {
  const { data } = useEndpoints();
  if (name !== undefined) return name;
  return title.trim() === '' ? '' : flowIdFrom(title, data?.items.map((endpoint) => endpoint.name) ?? []);
}

interface ProofProps {
  readonly draft: Draft;
  readonly onChange: (part: Partial<Draft>) => void;
}

function Proof({ draft: { way, detail }, onChange }: ProofProps) {
  const label = DETAIL[way];
  return (
    <>
      <label>
        How senders prove themselves
        <select
          className="input"
          value={way}
          onChange={({ target }) => onChange({ way: target.value as Way, detail: SUGGESTED[target.value as Way] })}
        >
          {Object.entries(WAYS).map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </label>
      {label !== undefined && <Detail label={label} way={way} detail={detail} onChange={(value) => onChange({ detail: value })} />}
    </>
  );
}

interface DetailProps {
  readonly label: string;
  readonly way: Way;
  readonly detail: string;
  readonly onChange: (value: string) => void;
}

function Detail({ label, way, detail, onChange }: DetailProps) {
  const { choices, words } = useChoices(way, detail);
  return (
    <>
      <label>
        {label}
        <SuggestedInput required names={choices} value={detail} onChange={onChange} />
      </label>
      {words !== undefined && <p className="dim">{words}</p>}
    </>
  );
}

interface Choices {
  readonly choices: readonly string[];
  /** What there is to say of the one that was chosen. */
  readonly words?: string | undefined;
}

function useChoices(way: Way, detail: string): Choices {
  const credentials = useCredentials().data?.items ?? [];
  const schemes = useSchemes().data?.items ?? [];
  if (way === 'credential') return { choices: credentials.map(({ name }) => name) };
  if (way !== 'signature') return { choices: [] };
  const chosen = schemes.find(({ name, aliases }) => name === detail || aliases.includes(detail));
  const words = chosen && (chosen.shared ? `It signs in ${chosen.signature}.` : OWN_KEYS);
  return { choices: schemes.filter(({ shared }) => shared).map(({ name }) => name), words };
}

const OWN_KEYS = 'This vendor makes the keys itself: make a credential with its public key, and choose that one here.';
