import type { FlowDiff } from '@millrace/flow';
import { useQuery } from '@tanstack/react-query';
import { get, sendJson } from '../api/client.js';
import type { PublishedView, VersionItem, VersionPage } from '../api/wire.js';
import { ChangeList } from '../editor/changes.js';
import { useFlowChange } from '../editor/queries.js';
import { moment } from '../format/format.js';
import { announce } from '../shell/announcer.js';
import { Header } from '../shell/shell.js';
import { Button } from '../ui/controls.js';
import { HeadRow } from '../ui/head-row.js';
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
      <Header trail={[{ label: 'Flows', href: '/flows' }, { label: id, href: `/flows/${id}` }, { label: 'Versions' }]} />
      <Loaded query={query} what="the versions">
        {({ items }) => <Versions id={id} items={items} />}
      </Loaded>
    </>
  );
}

function Versions({ id, items }: { readonly id: string; readonly items: readonly VersionItem[] }) {
  const { get: chosen, set } = useUrlState();
  const [from, to] = (chosen('compare') ?? '').split('..').map(Number);
  return (
    <div className="page-body" tabIndex={0} role="region" aria-label="Versions">
      <table className="table">
        <HeadRow names={['Version', 'Published', 'How', 'Next']} />
        <tbody>
          {items.map((item) => (
            <Row key={item.version} id={id} item={item} onCompare={(range) => set({ compare: range })} />
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
  readonly onCompare: (range: string) => void;
}

const ORIGINS = { folder: 'From the flows folder', draft: 'From a draft', deploy: 'Deployed', rollback: 'Rolled back' } as const;

function Row({ id, item: { version, live, createdAt, origin, restored }, onCompare }: RowProps) {
  const now = useNow();
  const back = useFlowChange<PublishedView>(`flows/${id}/rollback`);
  const roll = (): void => back.mutate({ version }, { onSuccess: (published) => announce(`Version ${published.version} is live`) });
  return (
    <tr>
      <td>{live ? `Live v${version}` : `v${version}`}</td>
      <td className="dim">{moment(createdAt, now)}</td>
      <td>{restored === null ? ORIGINS[origin] : `Rolled back to v${restored}`}</td>
      <td className="tight">
        <span className="actions">
          {version > 1 && <Button onClick={() => onCompare(`${version - 1}..${version}`)}>Changes in v{version}</Button>}
          {!live && (
            <Button disabled={back.isPending} title="Its text becomes the newest version. No version is changed." onClick={roll}>
              Roll back to v{version}
            </Button>
          )}
        </span>
        {back.error && (
          <p className="bad" role="alert">
            {back.error.message}
          </p>
        )}
      </td>
    </tr>
  );
}

function Comparison({ id, from, to }: { readonly id: string; readonly from: number; readonly to: number }) {
  const query = useQuery({
    queryKey: ['diff', id, from, to],
    queryFn: ({ signal }) => sendJson<FlowDiff>('POST', `flows/${id}/diff`, { from: { version: from }, to: { version: to } }, { signal }),
    staleTime: Infinity,
  });
  return (
    <section aria-label="Difference">
      <h3 className="section-title">
        From v{from} to v{to}
      </h3>
      <Loaded query={query} what="the difference">
        {(diff) => <ChangeList diff={diff} />}
      </Loaded>
    </section>
  );
}
