import type { FlowDiff } from '@millrace/flow';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { get, sendJson } from '../api/client.js';
import type { PublishedView, VersionItem, VersionPage } from '../api/wire.js';
import { ChangeList } from '../editor/changes.js';
import { useFlowChange } from '../editor/queries.js';
import { moment } from '../format/format.js';
import { announce } from '../shell/announcer.js';
import { Header } from '../shell/shell.js';
import { Button } from '../ui/controls.js';
import { HeadRow } from '../ui/head-row.js';
import { Modal, ModalTitle } from '../ui/modal.js';
import { Loaded } from '../ui/states.js';
import { useNow } from '../ui/use-now.js';
import { useUrlState } from '../ui/url-state.js';

const SHOWN = 100;

/** Every version of a flow, how two of them differ, and the way back to an older one. */
export function VersionsPage({ id }: { readonly id: string }) {
  const query = useQuery({
    queryKey: ['versions', id],
    queryFn: ({ signal }) => get<VersionPage>(`flows/${id}/versions`, { limit: SHOWN }, signal),
  });
  return (
    <>
      <Header
        trail={[{ label: 'Flows', href: '/flows' }, { label: id, href: `/flows/${id}` }, { label: 'Versions' }]}
        actions={
          <Link className="button" data-look="plain" href={`/audit?subject=${id}`}>
            Who changed it
          </Link>
        }
      />
      <Loaded query={query} what="the versions">
        {({ items }) => <Versions id={id} items={items} />}
      </Loaded>
    </>
  );
}

function Versions({ id, items }: { readonly id: string; readonly items: readonly VersionItem[] }) {
  const { get: chosen, set } = useUrlState();
  const liveVersion = items.find(({ live }) => live)?.version;
  const [from, to] = (chosen('compare') ?? '').split('..').map(Number);
  return (
    <div className="page-body" tabIndex={0} role="region" aria-label="Versions">
      <table className="table">
        <HeadRow names={['Version', 'Published', 'How', 'Next']} />
        <tbody>
          {items.map((item) => (
            <Row key={item.version} id={id} item={item} liveVersion={liveVersion} onCompare={(range) => set({ compare: range })} />
          ))}
        </tbody>
      </table>
      {from && to ? <Comparison id={id} from={from} to={to} /> : null}
    </div>
  );
}

interface RowProps {
  readonly id: string;
  readonly item: VersionItem;
  readonly liveVersion: number | undefined;
  readonly onCompare: (range: string) => void;
}

const ORIGINS = { folder: 'From the flows folder', draft: 'From a draft', deploy: 'Deployed', rollback: 'Rolled back' } as const;

function Row({ id, item: { version, live, createdAt, origin, restored }, liveVersion, onCompare }: RowProps) {
  const now = useNow();
  return (
    <tr>
      <td>{live ? `Live v${version}` : `v${version}`}</td>
      <td className="dim">{moment(createdAt, now)}</td>
      <td>{restored === null ? ORIGINS[origin] : `Rolled back to v${restored}`}</td>
      <td className="tight">
        <span className="actions">
          {version > 1 && <Button onClick={() => onCompare(`${version - 1}..${version}`)}>Changes in v{version}</Button>}
          <RollBack {...{ id, version, live, liveVersion }} />
        </span>
      </td>
    </tr>
  );
}

interface RollBackProps {
  readonly id: string;
  readonly version: number;
  /** Whether it is the live one itself: there is nothing to roll back to, but what made it so is still told. */
  readonly live: boolean;
  /** Undefined while none is live: the flow is archived. */
  readonly liveVersion: number | undefined;
}

/** Shows what rolling back changes, then does it: every event that comes afterwards takes that way. */
function RollBack(props: RollBackProps) {
  const { id, version, live } = props;
  const [open, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  const back = useFlowChange<PublishedView>(`flows/${id}/rollback`);
  const said = (published: PublishedView): void => (close(), announce(`Version ${published.version} is live`));
  if (live) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>Roll back to v{version}…</Button>
      <Modal open={open} onClose={close} className="publish">
        <ModalTitle>Roll back to version {version}</ModalTitle>
        <RollBackReview {...props} back={back} onRoll={() => back.mutate({ version }, { onSuccess: said })} onClose={close} />
      </Modal>
    </>
  );
}

interface ReviewProps extends RollBackProps {
  readonly back: ReturnType<typeof useFlowChange<PublishedView>>;
  readonly onRoll: () => void;
  readonly onClose: () => void;
}

function RollBackReview({ id, version, liveVersion, back, onRoll, onClose }: ReviewProps) {
  return (
    <div className="publish-body">
      <p className="dim">Its text becomes the newest version and goes live at once. No version is changed.</p>
      {liveVersion === undefined ? <p>The flow is live again with it.</p> : <Difference id={id} from={liveVersion} to={version} />}
      {back.error && (
        <p className="bad" role="alert">
          {back.error.message}
        </p>
      )}
      <div className="actions publish-actions">
        <Button look="ink" disabled={back.isPending} onClick={onRoll}>
          Roll back to v{version}
        </Button>
        <Button onClick={onClose}>Leave it</Button>
      </div>
    </div>
  );
}

interface DifferenceProps {
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

function Comparison({ id, from, to }: DifferenceProps) {
  return (
    <section aria-label="Difference">
      <h3 className="section-title">
        From v{from} to v{to}
      </h3>
      <Difference {...{ id, from, to }} />
    </section>
  );
}

function Difference({ id, from, to }: DifferenceProps) {
  const query = useQuery({
    queryKey: ['diff', id, from, to],
    queryFn: ({ signal }) => sendJson<FlowDiff>('POST', `flows/${id}/diff`, { from: { version: from }, to: { version: to } }, { signal }),
    staleTime: Infinity,
  });
  return (
    <Loaded query={query} what="the difference">
      {(diff) => <ChangeList diff={diff} />}
    </Loaded>
  );
}
