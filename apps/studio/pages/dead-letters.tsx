import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { get, sendJson } from '../api/client.js';
import type { BulkView, RunItem, RunPage } from '../api/wire.js';
import { OrderDialog } from '../bulk/order-dialog.js';
import { ago, count, shortId } from '../format/format.js';
import { announce } from '../shell/announcer.js';
import { Button } from '../ui/controls.js';
import { Glyph } from '../ui/glyph.js';
import { HeadRow } from '../ui/head-row.js';
import { useNow } from '../ui/use-now.js';

const SHOWN = 50;

const useDeadLetters = () =>
  useQuery({
    // Below runs, so that every change of a run asks for them anew.
    queryKey: ['runs', 'dead-letters'],
    queryFn: ({ signal }) => get<RunPage>('dead-letters', { limit: SHOWN }, signal),
  });

/** Failed runs that wait for a person. */
export function DeadLetters() {
  const letters = useDeadLetters().data?.items ?? [];
  if (letters.length === 0) return null;
  return (
    <section>
      <h3 className="section-title">Failed runs that wait for you</h3>
      <table className="table">
        <HeadRow names={['Run', 'Why', 'Failed', 'Next']} />
        <tbody>
          {letters.map((run) => (
            <Letter key={run.id} run={run} />
          ))}
        </tbody>
      </table>
      {letters.length > 1 && <All />}
    </section>
  );
}

type Change = { readonly verb: 'retry' } | { readonly verb: 'discard' };

/** Retries or discards; says what it could not be done to. */
function useLetterChange(ids: readonly string[]) {
  const client = useQueryClient();
  const [problem, setProblem] = useState<string>();
  const change = useMutation({
    mutationFn: ({ verb }: Change) => {
      const reason = verb === 'discard' ? { reason: 'Discarded in the studio' } : {};
      return sendJson<BulkView>('POST', `dead-letters/${verb}`, { ids, confirm: ids.length, ...reason });
    },
    onSuccess: ({ done, problems }, { verb }) => {
      setProblem(problems[0]?.message);
      announce(`${count(done, 'run')} ${verb === 'retry' ? 'retried' : 'discarded'}`);
    },
    onError: (error) => setProblem(error.message),
    onSettled: () => Promise.all(['runs', 'activity'].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  return { change, problem };
}

function Letter({ run }: { readonly run: RunItem }) {
  const now = useNow();
  const { change, problem } = useLetterChange([run.id]);
  return (
    <tr>
      <td>
        <span className="with-glyph">
          <Glyph status="failed" quiet />
          <Link className="link" href={`/runs/${run.id}`}>
            {run.flowId} {shortId(run.id)}
          </Link>
        </span>
      </td>
      <td>{problem ?? run.error?.message}</td>
      <td className="dim tight">{run.finishedAt && ago(run.finishedAt, now)}</td>
      <td className="tight">
        <span className="actions">
          <Button
            disabled={change.isPending}
            aria-label={`Retry ${run.flowId} ${shortId(run.id)}`}
            onClick={() => change.mutate({ verb: 'retry' })}
          >
            Retry
          </Button>
          <Button
            disabled={change.isPending}
            aria-label={`Discard ${run.flowId} ${shortId(run.id)}`}
            onClick={() => change.mutate({ verb: 'discard' })}
          >
            Discard
          </Button>
        </span>
      </td>
    </tr>
  );
}

/** All of them, listed or not: counted first. */
function All() {
  const [kind, setKind] = useState<'retry' | 'discard'>();
  return (
    <p className="actions">
      <Button onClick={() => setKind('retry')}>Retry all…</Button>
      <Button onClick={() => setKind('discard')}>Discard all…</Button>
      {kind && <OrderDialog kind={kind} chosen={{}} onClose={() => setKind(undefined)} />}
    </p>
  );
}
