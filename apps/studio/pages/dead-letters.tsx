import { useState } from 'react';
import { Link } from 'wouter';
import type { CausesView, CauseView } from '../api/wire.js';
import type { Chosen } from '../bulk/deeds.js';
import { OrderDialog } from '../bulk/order-dialog.js';
import { ago, count, shortId } from '../format/format.js';
import { errorTitle } from '../run/error-words.js';
import { Button } from '../ui/controls.js';
import { Glyph } from '../ui/glyph.js';
import { HeadRow } from '../ui/head-row.js';
import { Sentence } from '../ui/sentence.js';
import { useNow } from '../ui/use-now.js';
import { LetterActions, LetterRows, useLetterChange } from './letter-rows.js';

type Names = ReadonlyMap<string, string>;

/** Failed runs that wait for a person, by what they failed of: an outage makes many of one kind. */
export function DeadLetters({ items, names }: { readonly items: CausesView['items']; readonly names: Names }) {
  const [order, setOrder] = useState<Order>();
  if (items.length === 0) return null;
  return (
    <section>
      <h3 className="section-title">Failed runs that wait for you</h3>
      <table className="table">
        <HeadRow names={['Where', 'Why', 'Runs', 'Last', 'Next']} />
        <tbody>
          {items.map((cause) => (
            <Cause key={JSON.stringify([cause.flowId, cause.step, cause.code])} {...{ cause, names }} onOrder={setOrder} />
          ))}
        </tbody>
      </table>
      {items.length > 1 && (
        <p className="actions">
          <Button onClick={() => setOrder({ kind: 'retry', chosen: {} })}>Retry all…</Button>
          <Button onClick={() => setOrder({ kind: 'discard', chosen: {} })}>Discard all…</Button>
        </p>
      )}
      {order && <OrderDialog {...order} onClose={() => setOrder(undefined)} />}
    </section>
  );
}

interface Order {
  readonly kind: 'retry' | 'discard';
  readonly chosen: Chosen;
}

interface CauseProps {
  readonly cause: CauseView;
  readonly names: Names;
  readonly onOrder: (order: Order) => void;
}

function Cause({ cause, names, onOrder }: CauseProps) {
  const now = useNow();
  const [open, setOpen] = useState(false);
  const { flowId: flow, step, code, count: amount } = cause;
  const one = useLetterChange({ ...cause, id: cause.runId });
  const isOne = amount === 1;
  const order = (kind: Order['kind']): void => (isOne ? one[kind]() : onOrder({ kind, chosen: { flow, step, code } }));
  return (
    <>
      <tr>
        <td>
          <span className="with-glyph wrapping">
            <Glyph status="failed" quiet />
            <span>
              <Link className="link name nowrap" href={`/flows/${flow}`} title={names.get(flow) ?? flow}>
                {names.get(flow) ?? flow}
              </Link>{' '}
              <code className="dim">{step}</code>
            </span>
          </span>
        </td>
        <td>
          {one.problem ?? (
            <>
              <span className="bad">{errorTitle(cause)}</span>{' '}
              <span className="dim">
                <Sentence text={cause.message} />
              </span>
            </>
          )}
        </td>
        <td className="tight">
          {isOne ? (
            <Link className="link" href={`/runs/${cause.runId}`}>
              Run {shortId(cause.runId)}
            </Link>
          ) : (
            <button type="button" className="link" aria-expanded={open} onClick={() => setOpen(!open)}>
              {count(amount, 'run')}
            </button>
          )}
        </td>
        <td className="dim tight">{ago(cause.lastAt, now)}</td>
        <LetterActions
          label={isOne ? `${flow} ${shortId(cause.runId)}` : `${count(amount, 'run')} of ${flow} ${step}`}
          disabled={one.isPending}
          more={isOne ? { retry: one.more, discard: '' } : { retry: '…', discard: '…' }}
          onRetry={() => order('retry')}
          onDiscard={() => order('discard')}
        />
      </tr>
      {one.asking}
      {open && !isOne && <LetterRows cause={cause} />}
    </>
  );
}
