import { Link } from 'wouter';
import type { OperationItemView } from '../api/wire.js';
import { count, moment, whole } from '../format/format.js';
import { Header } from '../shell/shell.js';
import { Glyph } from '../ui/glyph.js';
import { HeadRow } from '../ui/head-row.js';
import { Empty, Loaded } from '../ui/states.js';
import { useNow } from '../ui/use-now.js';
import { DEEDS, deedWords } from './deeds.js';
import { OPERATION_GLYPHS } from './operation-strip.js';
import { useOperations } from './queries.js';

/** What was done to many, and how far it is. */
export function OperationsPage() {
  return (
    <>
      <Header trail={[{ label: 'Runs', href: '/runs' }, { label: 'Operations' }]} />
      <Loaded query={useOperations()} what="the operations">
        {({ items }) => (items.length === 0 ? <None /> : <Table items={items} />)}
      </Loaded>
    </>
  );
}

function None() {
  return (
    <Empty title="Nothing was done to many yet">
      <p>Select rows in the list of events or of runs. What is done to them is counted first, and can be followed here.</p>
      <Link className="button" data-look="plain" href="/events">
        Select events
      </Link>
    </Empty>
  );
}

function Table({ items }: { readonly items: readonly OperationItemView[] }) {
  const now = useNow();
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Operations">
      <table className="table">
        <HeadRow names={['What', 'How far', 'Could not be', 'Ordered']} />
        <tbody>
          {items.map(({ id, kind, state, total, done, failed, createdAt }) => (
            <tr key={id}>
              <td>
                <span className="with-glyph">
                  <Glyph status={OPERATION_GLYPHS[state]} />
                  <Link className="row-link" href={`/runs?operation=${id}`}>
                    {deedWords(kind, total)}
                  </Link>
                </span>
              </td>
              <td className="tight">
                {whole(done)} {DEEDS[kind].done}
              </td>
              <td className={failed > 0 ? 'bad' : 'dim'}>{failed > 0 ? count(failed, DEEDS[kind].thing) : '—'}</td>
              <td className="dim tight">{moment(createdAt, now)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
