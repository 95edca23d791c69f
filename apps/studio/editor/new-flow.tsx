import { useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { useLocation } from 'wouter';
import { queryText } from '../api/client.js';
import { usePressMutation } from '../api/press-mutation.js';
import { archivedFlowsQuery, draftsQuery, flowsQuery, useArchivedFlows, useDrafts, useFlows } from '../api/queries.js';
import type { DraftList, EventView, FlowList } from '../api/wire.js';
import { Button } from '../ui/controls.js';
import { Modal, ModalTitle } from '../ui/modal.js';
import { endpointOf, flowIdFrom, nameFrom } from './starter.js';
import { TRIGGER_TYPES, type TriggerType } from './trigger/types.js';

/** Of flows, also of archived ones, which come back under their id, and of drafts that are to become flows. */
function takenIds(flows: readonly (FlowList | undefined)[], drafts: DraftList | undefined): readonly string[] {
  return [...flows.flatMap((list) => list?.items.map(({ id }) => id) ?? []), ...(drafts?.items.map(({ flowId }) => flowId) ?? [])];
}

function useTakenIds(): readonly string[] {
  return takenIds([useFlows().data, useArchivedFlows().data], useDrafts().data);
}

/** To the editor of a flow that takes events like this one, with this one loaded. Which ids are free is asked when it is pressed. */
export function BuildFlow({ event }: { readonly event: EventView }) {
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const build = usePressMutation({
    mutationFn: async () => {
      const [flows, archived, drafts] = await Promise.all([
        client.fetchQuery({ ...flowsQuery, staleTime: 0 }),
        client.fetchQuery({ ...archivedFlowsQuery, staleTime: 0 }),
        client.fetchQuery(draftsQuery),
      ]);
      return takenIds([flows, archived], drafts);
    },
    onSuccess: (taken) => {
      const name = nameFrom(event);
      navigate(`/flows/${flowIdFrom(name, taken)}/edit${queryText({ name, event: event.id, endpoint: endpointOf(event.flowId) })}`);
    },
  });
  return (
    <>
      <Button look="ink" disabled={build.isPending} onClick={() => build.mutate()}>
        Build a flow from this event
      </Button>
      {build.error && (
        <span className="bad" role="alert">
          {build.error.message}
        </span>
      )}
    </>
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
        <NameForm onCancel={() => setOpen(false)} />
      </Modal>
    </>
  );
}

function NameForm({ onCancel }: { readonly onCancel: () => void }) {
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
      <div className="actions">
        <Button look="ink" type="submit" disabled={name.trim() === ''}>
          Begin
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </form>
  );
}
