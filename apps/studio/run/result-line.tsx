import { ExternalLink } from 'lucide-react';
import { clock, duration, moment } from '../format/format.js';
import type { RunView, StepView } from '../api/wire.js';
import { CopyField } from '../ui/controls.js';
import { Glyph, statusWords } from '../ui/glyph.js';
import { useNow } from '../ui/use-now.js';
import { calledOffWords, glyphOf, isCalledOff } from './called-off.js';
import { beganIn, type Given } from './given.js';
import { NOT_KEPT, type ShownStatus, type StepState } from './overlay.js';
import { RunLink } from './repeats.js';

const REASONS: Readonly<Partial<Record<ShownStatus, string>>> = {
  skipped: 'Another branch was taken, or its condition did not hold.',
  unreached: 'The run ended before it came here.',
  folded: 'The item is finished, and whether it came here is not kept.',
  pending: 'The run has not come here yet.',
  interrupted: 'It was started and never finished, because the run ended first. Check whether it took effect.',
};

interface ResultLineProps {
  readonly run: RunView;
  readonly state: StepState;
  /** What the step does, in a few words. */
  readonly doing: string;
}

/** How a step went, in one line; of one that is under way what it waits for. */
export function ResultLine({ run, state: { status, row, isFolded, given }, doing }: ResultLineProps) {
  return (
    <>
      <div className="result-line">
        <Glyph status={glyphOf(status, row)} quiet />
        <p>
          <strong>{row && isCalledOff(row) && row.question ? 'Never answered' : statusWords(glyphOf(status, row))}</strong>
          {given === undefined ? row && <Times run={run} row={row} /> : <GivenLine run={run} given={given} row={row} />}
          {row?.rateOf && <RateLine credential={row.rateOf} until={row.resumeAt} />}
          {status === 'running' && <span className="dim"> Waiting for {doing}.</span>}
          <Reason run={run} status={status} row={row} />
          {status === 'waiting' && row && <WaitLine row={row} />}
          {isFolded && <span className="dim"> {NOT_KEPT}</span>}
        </p>
      </div>
      {row?.resumeUrl && <WaysOn question={row.question} url={row.resumeUrl} />}
    </>
  );
}

/** Why a step did nothing, or is not done. */
function Reason({ run, status, row }: Pick<ResultLineProps, 'run'> & Pick<StepState, 'status' | 'row'>) {
  const words = row && isCalledOff(row) ? calledOffWords(run, row) : REASONS[status];
  return words === undefined ? null : <span className="dim"> {words}</span>;
}

interface WaysOnProps {
  readonly question: StepView['question'];
  readonly url: string;
}

/** What makes a waiting step go on: the question to a person, with a link to its page, and the URL. */
function WaysOn({ question, url }: WaysOnProps) {
  if (!question) return <CopyField text={url} label="The URL that makes the step go on" />;
  const { title, text } = question;
  return (
    <>
      <section className="asked" aria-label="The question">
        <h3 dir="auto">{title}</h3>
        {text !== null && (
          <p className="asked-text" dir="auto">
            {text}
          </p>
        )}
        <a className="button" data-look="plain" href={url} target="_blank" rel="noreferrer">
          <ExternalLink size={15} aria-hidden /> Open the page
        </a>
      </section>
      <CopyField text={url} label="The URL of the page" />
    </>
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

/** Until when a step waits, and what would make it go on. */
function WaitLine({ row: { rateOf, resumeAt, resumeUrl, question } }: { readonly row: StepView }) {
  const now = useNow();
  if (rateOf !== null || resumeAt === null) return null;
  const until = `${moment(resumeAt, now)}, in ${duration(Math.max(0, Date.parse(resumeAt) - now))}`;
  if (resumeUrl === null) return <span className="dim">. Goes on at {until}.</span>;
  if (question) return <span className="dim">. Goes on with somebody&apos;s answer; without one it fails at {until}.</span>;
  return <span className="dim">. Goes on with a request to the URL below; without one it fails at {until}.</span>;
}

const STAND_INS: Readonly<Record<Exclude<Given, 'taken over'>, string>> = {
  recorded: 'not run in this test: what it gave in another run of the event stands in.',
  pinned: 'not run in this test: the output that is pinned for it stands in.',
  assumed: 'not run in this test: that it failed is assumed, for what handles errors to have one.',
};

/** Its times are those of another run. */
function GivenLine({ run, given, row }: { readonly run: RunView; readonly given: Given; readonly row: StepView | undefined }) {
  const now = useNow();
  if (given !== 'taken over' || run.rerunOf === null) return <span className="dim"> · {STAND_INS[given as 'recorded']}</span>;
  return (
    <span className="dim">
      {' '}
      · not run again: what it gave is taken over from run <RunLink id={run.rerunOf} />
      {row && `. It was done at ${moment(row.startedAt, now)}`}.
    </span>
  );
}

function Times({ run, row }: { readonly run: RunView; readonly row: StepView }) {
  const now = useNow();
  const finishedAt = row.finishedAt ?? run.finishedAt;
  const end = finishedAt === null ? now : Date.parse(finishedAt);
  const began = beganIn(run, row.startedAt);
  const http = httpStatus(row.output);
  return (
    <span className="dim">
      {http === undefined ? '' : ` · ${http}`} · {duration(Math.max(0, end - began))} · {clock(new Date(began).toISOString())}
    </span>
  );
}

function httpStatus(output: unknown): number | undefined {
  const { status } = (output ?? {}) as { status?: unknown };
  return typeof status === 'number' && status >= 100 && status < 600 ? status : undefined;
}
