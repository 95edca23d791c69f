import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { get, sendJson } from '../api/client.js';
import { usePressMutation } from '../api/press-mutation.js';
import type { BulkView, CauseView, RunItem, RunPage } from '../api/wire.js';
import { RETRY_ABOUT } from '../bulk/deeds.js';
import { VersionDialog, useOutdatedRun } from '../bulk/version-dialog.js';
import type { VersionName } from '../bulk/version-choice.js';
import type { Ran } from '../bulk/versions.js';
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

interface Change {
  readonly verb: Verb;
  readonly version?: VersionName;
  readonly reason?: string;
}

/** A dead letter: the run, and the version that it was on. */
interface LetterRun extends Ran {
  readonly id: string;
}

/**
 * Retries or discards one; says why it could not be done. What was on another version than the live one is asked about first:
 * `asking` is that dialog while it is open.
 */
export function useLetterChange(run: LetterRun) {
  const client = useQueryClient();
  const [problem, setProblem] = useState<string>();
  const [isAsking, setAsking] = useState(false);
  const { isPending, versions } = useOutdatedRun(run);
  const change = usePressMutation({
    mutationFn: ({ verb, ...more }: Change) => sendJson<BulkView>('POST', `dead-letters/${verb}`, { ids: [run.id], confirm: 1, ...more }),
    onSuccess: ({ done, problems }, { verb }) => {
      setProblem(problems[0]?.message);
      announce(`${count(done, 'run')} ${verb === 'retry' ? 'retried' : 'discarded'}`);
    },
    onError: (error) => setProblem(error.message),
    onSettled: () => Promise.all(['runs', 'causes', 'activity'].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  return {
    problem,
    isPending: isPending || change.isPending,
    retry: () => (versions ? setAsking(true) : change.mutate({ verb: 'retry' })),
    discard: () => change.mutate({ verb: 'discard', reason: 'Discarded in the studio' }),
    /** Behind the word on the button: something is asked first. */
    more: versions ? '…' : '',
    asking: isAsking && versions && (
      <VersionDialog
        verb="Retry"
        about={RETRY_ABOUT}
        versions={versions}
        onClose={() => setAsking(false)}
        onChosen={(version) => change.mutate({ verb: 'retry', version })}
      />
    ),
  };
}

function Letter({ run }: { readonly run: RunItem }) {
  const now = useNow();
  const { problem, isPending, retry, discard, more, asking } = useLetterChange(run);
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
        disabled={isPending}
        more={{ retry: more, discard: '' }}
        onRetry={retry}
        onDiscard={discard}
      />
      {asking}
    </tr>
  );
}

interface ActionsProps {
  /** What they are about, for who cannot see the row. */
  readonly label: string;
  readonly disabled?: boolean;
  /** Behind their words: `…` where something is asked first. */
  readonly more: Readonly<Record<Verb, string>>;
  readonly onRetry: () => void;
  readonly onDiscard: () => void;
}

export function LetterActions({ label, disabled = false, more, onRetry, onDiscard }: ActionsProps) {
  return (
    <td className="tight">
      <span className="actions">
        <Button disabled={disabled} aria-label={`Retry ${label}${more.retry}`} onClick={onRetry}>
          Retry{more.retry}
        </Button>
        <Button disabled={disabled} aria-label={`Discard ${label}${more.discard}`} onClick={onDiscard}>
          Discard{more.discard}
        </Button>
      </span>
    </td>
  );
}
