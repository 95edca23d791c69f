import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { get, sendJson } from '../api/client.js';
import { usePressMutation } from '../api/press-mutation.js';
import type { BulkView, CauseView, RunItem, RunPage } from '../api/wire.js';
import { ago, count, shortId, whole } from '../format/format.js';
import { announce } from '../shell/announcer.js';
import { Button } from '../ui/controls.js';
import { Sentence } from '../ui/sentence.js';
import { useNow } from '../ui/use-now.js';

const SHOWN = 50;

/** The dead letters of one cause, the newest of them, each with what can be done about it. */
export function LetterRows({ cause }: { readonly cause: CauseView }) {
  const { flowId: flow, code, step } = cause;
  const letters = useQuery({
    // Below runs, so that every change of a run asks for them anew.
    queryKey: ['runs', 'dead-letters', flow, code, step],
    queryFn: ({ signal }) => get<RunPage>('dead-letters', { flow, code, step, limit: SHOWN }, signal),
  }).data;
  return (
    <>
      {letters?.items.map((run) => (
        <Letter key={run.id} run={run} />
      ))}
      {letters?.next && (
        <tr className="letter">
          <td colSpan={5} className="dim">
            The newest {whole(letters.items.length)} are listed.
          </td>
        </tr>
      )}
    </>
  );
}

type Verb = 'retry' | 'discard';

/** Retries or discards one; says why it could not be done. */
export function useLetterChange(id: string) {
  const client = useQueryClient();
  const [problem, setProblem] = useState<string>();
  const change = usePressMutation({
    mutationFn: (verb: Verb) => {
      const reason = verb === 'discard' ? { reason: 'Discarded in the studio' } : {};
      return sendJson<BulkView>('POST', `dead-letters/${verb}`, { ids: [id], confirm: 1, ...reason });
    },
    onSuccess: ({ done, problems }, verb) => {
      setProblem(problems[0]?.message);
      announce(`${count(done, 'run')} ${verb === 'retry' ? 'retried' : 'discarded'}`);
    },
    onError: (error) => setProblem(error.message),
    onSettled: () => Promise.all(['runs', 'causes', 'activity'].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  return { change, problem };
}

function Letter({ run }: { readonly run: RunItem }) {
  const now = useNow();
  const { change, problem } = useLetterChange(run.id);
  return (
    <tr className="letter">
      <td>
        <Link className="link" href={`/runs/${run.id}`}>
          Run {shortId(run.id)}
        </Link>
      </td>
      <td colSpan={2}>
        <Sentence text={problem ?? run.error?.message ?? ''} />
      </td>
      <td className="dim tight">{run.finishedAt && ago(run.finishedAt, now)}</td>
      <LetterActions
        label={`${run.flowId} ${shortId(run.id)}`}
        disabled={change.isPending}
        onRetry={() => change.mutate('retry')}
        onDiscard={() => change.mutate('discard')}
      />
    </tr>
  );
}

interface ActionsProps {
  /** What they are about, for who cannot see the row. */
  readonly label: string;
  readonly disabled?: boolean;
  /** Behind their words: `…` where something is asked first. */
  readonly more?: string;
  readonly onRetry: () => void;
  readonly onDiscard: () => void;
}

export function LetterActions({ label, disabled = false, more = '', onRetry, onDiscard }: ActionsProps) {
  return (
    <td className="tight">
      <span className="actions">
        <Button disabled={disabled} aria-label={`Retry ${label}${more}`} onClick={onRetry}>
          Retry{more}
        </Button>
        <Button disabled={disabled} aria-label={`Discard ${label}${more}`} onClick={onDiscard}>
          Discard{more}
        </Button>
      </span>
    </td>
  );
}
