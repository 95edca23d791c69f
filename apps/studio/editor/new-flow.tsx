import { useState, type SubmitEvent } from 'react';
import { Link, useLocation } from 'wouter';
import { queryText } from '../api/client.js';
import { useArchivedFlows, useDrafts, useFlows } from '../api/queries.js';
import type { EventView } from '../api/wire.js';
import { Button } from '../ui/controls.js';
import { Modal, ModalTitle } from '../ui/modal.js';
import { endpointOf, flowIdFrom, nameFrom } from './starter.js';
import { TRIGGER_TYPES, type TriggerType } from './trigger/types.js';

/** Of flows, also of archived ones, which come back under their id, and of drafts that are to become flows. */
function useTakenIds(): readonly string[] {
  const flows = [...(useFlows().data?.items ?? []), ...(useArchivedFlows().data?.items ?? [])];
  const drafts = useDrafts().data?.items ?? [];
  return [...flows.map(({ id }) => id), ...drafts.map(({ flowId }) => flowId)];
}

/** To the editor of a flow that takes events like this one, with this one loaded. */
export function BuildFlow({ event }: { readonly event: EventView }) {
  const taken = useTakenIds();
  const name = nameFrom(event);
  const query = queryText({ name, event: event.id, endpoint: endpointOf(event.flowId) });
  return (
    <Link className="button" data-look="ink" href={`/flows/${flowIdFrom(name, taken)}/edit${query}`}>
      Build a flow from this event
    </Link>
  );
}

/** Asks what a new flow is for; its id is made of that. */
export function NewFlow() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="ink" onClick={() => setOpen(true)}>
        New flow
      </Button>
      <Modal open={open} onClose={() => setOpen(false)} className="new-flow">
        <ModalTitle>New flow</ModalTitle>
        <NameForm />
      </Modal>
    </>
  );
}

function NameForm() {
  const taken = useTakenIds();
  const [, navigate] = useLocation();
  const [name, setName] = useState('');
  const [type, setType] = useState<TriggerType>('webhook');
  const id = flowIdFrom(name, taken);
  const begin = (event: SubmitEvent): void => {
    event.preventDefault();
    if (name.trim() !== '') navigate(`/flows/${id}/edit${queryText({ name: name.trim(), starts: type === 'webhook' ? undefined : type })}`);
  };
  return (
    <form className="new-flow-form" onSubmit={begin}>
      <label>
        Name
        <input className="input" autoFocus value={name} onChange={(event) => setName(event.target.value)} />
      </label>
      <label>
        What starts it
        <select className="input" value={type} onChange={(event) => setType(event.target.value as TriggerType)}>
          {Object.entries(TRIGGER_TYPES).map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </label>
      {name.trim() !== '' && type === 'webhook' && (
        <p className="dim">
          Requests to <code>/flows/{id}/hook</code> are kept from now on; they run it once it is published.
        </p>
      )}
      <Button look="ink" type="submit" disabled={name.trim() === ''}>
        Begin
      </Button>
    </form>
  );
}
