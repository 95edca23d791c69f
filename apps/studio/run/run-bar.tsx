import { Webhook } from 'lucide-react';
import { Link } from 'wouter';
import type { EventView, RunView } from '../api/wire.js';
import { clock, duration, shortId, size } from '../format/format.js';
import { Glyph } from '../ui/glyph.js';
import { useNow } from '../ui/use-now.js';
import { givenIn } from './given.js';
import { PassedOverLink } from './passed-over.js';
import { RunLink } from './repeats.js';
import { replayedIn } from './replayed.js';
import { followedPath, runWords } from './run-words.js';

/** How the run stands, over the canvas. */
export function RunBar({ run, event }: { readonly run: RunView; readonly event: EventView | undefined }) {
  return (
    <div className="canvas-bar">
      <Glyph status={run.status} quiet />
      <strong>{runWords(run)}</strong>
      <code className="dim">{shortId(run.id)}</code>
      <span className="dim">
        {clock(run.createdAt)} · <Waited run={run} />
      </span>
      <Link className="link" href={followedPath(run)}>
        {run.version === 0 ? 'draft' : `v${run.version}`}
      </Link>
      <PassedOverLink run={run} />
      {run.rerunOf !== null && (
        <span className="dim">
          {isRetry(run) ? 'retries' : 'repeats'} <RunLink id={run.rerunOf} />
        </span>
      )}
      {replayedIn(run, event) !== undefined && <span className="dim">replay</span>}
    </div>
  );
}

/** Whether it left out what the run before had done. */
function isRetry(run: RunView): boolean {
  return run.steps.some((row) => givenIn(run, row) !== undefined);
}

/** What holds a run back, or how long it took. */
function Waited({ run }: { readonly run: RunView }) {
  if (run.held) return 'held by a pause';
  return run.lane && run.lane.place > 0 ? `in line, place ${run.lane.place}` : <Took run={run} />;
}

/** How long a run took, or has taken so far. */
export function Took({ run }: { readonly run: Pick<RunView, 'createdAt' | 'finishedAt' | 'resumeAt'> }) {
  const now = useNow();
  if (run.finishedAt !== null) return duration(Date.parse(run.finishedAt) - Date.parse(run.createdAt));
  if (run.resumeAt !== null && Date.parse(run.resumeAt) > now) return `waits up to ${duration(Date.parse(run.resumeAt) - now)}`;
  return `${duration(Math.max(0, now - Date.parse(run.createdAt)))} so far`;
}

export function EventBar({ event }: { readonly event: EventView | undefined }) {
  if (!event) return null;
  return (
    <Link className="canvas-bar" href={`/events/${event.id}`}>
      <Webhook size={15} strokeWidth={1.6} aria-hidden />
      {event.name ?? 'Event'}
      <code className="dim">{shortId(event.id)}</code>
      <span className="dim">{size(event.size)}</span>
    </Link>
  );
}
