import { clock, duration } from '../format/format.js';
import type { StepView } from '../api/wire.js';
import { Glyph, statusWords } from '../ui/glyph.js';
import { useNow } from '../ui/use-now.js';
import type { ShownStatus, StepState } from './overlay.js';

const REASONS: Readonly<Partial<Record<ShownStatus, string>>> = {
  skipped: 'Another branch was taken, or its condition did not hold.',
  unreached: 'The run ended before it came here.',
  folded: 'The item is finished, and whether it came here is not kept.',
  pending: 'The run has not come here yet.',
  interrupted: 'It was started and never finished, because the run ended first. Check whether it took effect.',
};

interface ResultLineProps {
  readonly state: StepState;
  /** What the step does, in a few words. */
  readonly doing: string;
}

/** How a step went, in one line; of one that is under way what it waits for. */
export function ResultLine({ state: { status, row, isFolded }, doing }: ResultLineProps) {
  return (
    <div className="result-line">
      <Glyph status={status} quiet />
      <p>
        <strong>{statusWords(status)}</strong>
        {row && <Times row={row} />}
        {row?.rateOf && <RateLine credential={row.rateOf} until={row.resumeAt} />}
        {status === 'running' && <span className="dim"> Waiting for {doing}.</span>}
        {REASONS[status] && <span className="dim"> {REASONS[status]}</span>}
        {isFolded && <span className="dim"> Of a finished item only its result is kept; the loop has it as output.</span>}
      </p>
    </div>
  );
}

/** Nothing is wrong, and nothing has begun: the vendor's limit is being kept. */
function RateLine({ credential, until }: { readonly credential: string; readonly until: string | null }) {
  const now = useNow();
  const left = until === null ? 0 : Date.parse(until) - now;
  return (
    <span className="dim">
      {' '}
      Waits for the rate of the credential {credential}; {left > 0 ? `it is looked at again in ${duration(left)}.` : 'its turn is due.'}
    </span>
  );
}

function Times({ row }: { readonly row: StepView }) {
  const now = useNow();
  const end = row.finishedAt === null ? now : Date.parse(row.finishedAt);
  const http = httpStatus(row.output);
  return (
    <span className="dim">
      {http === undefined ? '' : ` · ${http}`} · {duration(Math.max(0, end - Date.parse(row.startedAt)))} · {clock(row.startedAt)}
    </span>
  );
}

function httpStatus(output: unknown): number | undefined {
  const { status } = (output ?? {}) as { status?: unknown };
  return typeof status === 'number' && status >= 100 && status < 600 ? status : undefined;
}
