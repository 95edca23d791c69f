import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { sendJson } from '../api/client.js';
import { usePressMutation } from '../api/press-mutation.js';
import type { OrderedView } from '../api/wire.js';
import { count } from '../format/format.js';
import { announce } from '../shell/announcer.js';
import { Button } from '../ui/controls.js';
import { Modal, ModalTitle } from '../ui/modal.js';
import { Loaded } from '../ui/states.js';
import { DEEDS, deedWords, lasts, orderOf, type Chosen, type Kind } from './deeds.js';
import { useOutdated } from './use-outdated.js';
import { VersionChoice, type FieldProps, type VersionName } from './version-choice.js';

interface OrderProps {
  readonly kind: Kind;
  readonly chosen: Chosen;
  readonly onClose: () => void;
  /** It was closed because it is done. */
  readonly onOrdered?: () => void;
}

/** Counts first, then asks how fast, then does it and shows how far it is. */
export function OrderDialog(props: OrderProps) {
  return (
    <Modal open onClose={props.onClose} className="order">
      <Counted {...props} />
    </Modal>
  );
}

/** How many it would be about; nothing is done. */
function useCount(kind: Kind, chosen: Chosen, enabled = true) {
  return useQuery({
    queryKey: ['order', kind, chosen],
    queryFn: ({ signal }) => sendJson<OrderedView>('POST', 'operations', orderOf(kind, chosen), { signal }),
    gcTime: 0,
    enabled,
  });
}

function Counted(props: OrderProps) {
  const { kind, chosen } = props;
  const query = useCount(kind, chosen);
  const outdated = useOutdated(kind, chosen);
  return (
    <>
      <ModalTitle>{query.data ? deedWords(kind, query.data.count) : DEEDS[kind].verb}</ModalTitle>
      <Loaded query={query} what="how many it is about">
        {({ count: all }) =>
          all === 0 ? (
            <p>There is nothing that it could be done to.</p>
          ) : outdated.isPending ? null : (
            <Form {...props} count={all} outdated={outdated.words} />
          )
        }
      </Loaded>
    </>
  );
}

const RATES = [1, 5, 20, 100, 1000];
const USUAL_RATE = 20;

interface FormProps extends OrderProps {
  readonly count: number;
  /** That they were on a version that is not live any more. */
  readonly outdated: string | undefined;
}

function Form({ kind, chosen, count, outdated, onClose, onOrdered }: FormProps) {
  const [perSecond, setRate] = useState(USUAL_RATE);
  const [version, setVersion] = useState<VersionName>(outdated === undefined ? 'same' : 'live');
  const [reason, setReason] = useState('');
  const [key] = useState(newKey);
  const order = useOrder(kind, () => (onClose(), onOrdered?.()));
  const more = { ...(hasVersion(kind) && { version }), ...(kind === 'discard' && { reason }) };
  return (
    <form
      className="order-form"
      onSubmit={(event) => {
        event.preventDefault();
        order.mutate({ ...orderOf(kind, chosen), ...more, perSecond, confirm: count, key });
      }}
    >
      <p className="dim">{DEEDS[kind].about}</p>
      <SeenTo {...{ kind, chosen, count }} />
      {hasVersion(kind) && <VersionChoice value={version} onChange={setVersion} why={outdated} />}
      {kind === 'discard' && <Reason value={reason} onChange={setReason} />}
      <label>
        How fast
        <select className="input" value={perSecond} onChange={(event) => setRate(Number(event.target.value))}>
          {RATES.map((rate) => (
            <option key={rate} value={rate}>
              {rate} a second, {lasts(count, rate)}
            </option>
          ))}
        </select>
      </label>
      {order.error && (
        <p className="bad" role="alert">
          {order.error.message}
        </p>
      )}
      <div className="actions">
        <Button type="submit" look="ink" disabled={order.isPending || (kind === 'discard' && reason.trim() === '')}>
          {deedWords(kind, count)}
        </Button>
        <Button onClick={onClose}>Leave it</Button>
      </div>
    </form>
  );
}

/** Of all failed runs that are to be run again, how many somebody has seen to: those would do a second time what was done since. */
function SeenTo({ kind, chosen, count: all }: Pick<OrderProps, 'kind' | 'chosen'> & { readonly count: number }) {
  const letters = useCount('retry', chosen, kind === 'rerun' && chosen['status'] === 'failed').data?.count ?? all;
  if (letters >= all) return null;
  return (
    <p role="status">
      {count(all - letters, 'of them was', 'of them were')} re-run or discarded already, and would be run again too. Retry leaves those out.
    </p>
  );
}

function useOrder(kind: Kind, onOrdered: () => void) {
  const [, navigate] = useLocation();
  return usePressMutation({
    mutationFn: (order: object) => sendJson<OrderedView>('POST', 'operations', order),
    onSuccess: ({ operation, count }) => {
      onOrdered();
      announce(`${deedWords(kind, count)}: begun`);
      if (operation) navigate(`/runs?operation=${operation.id}`);
    },
  });
}

function hasVersion(kind: Kind): boolean {
  return kind === 'rerun' || kind === 'retry';
}

function Reason({ value, onChange }: FieldProps<string>) {
  return (
    <label>
      Why
      <input className="input" value={value} maxLength={500} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}

/** Sent again, the order is the same one. Works on pages that came over plain HTTP too. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
