import type { RunView, StepView } from '../api/wire.js';
import type { FlowTree } from '../flow/structure.js';
import { stepTitles, triggerTitle } from '../flow/words.js';
import { clock, duration } from '../format/format.js';
import { Glyph } from '../ui/glyph.js';
import { plainSentence } from '../ui/sentence.js';
import { useNow } from '../ui/use-now.js';
import { glyphOf } from './called-off.js';
import { beganIn, givenFrom, givenIn } from './given.js';
import { isActive, type Overlay } from './overlay.js';
import { failedPlace } from './opens-at.js';
import { isCurrent, placeOf, titleAt } from './paths.js';
import { drawnOf, timeScale, type Span, type TimeScale } from './timeline.js';

interface TimelineProps {
  readonly run: RunView;
  readonly tree: FlowTree;
  readonly overlay: Overlay;
  readonly selected: string | undefined;
  readonly onSelect: (step: string, more?: Record<string, string>) => void;
}

/** When each attempt was made: time in the queue and waits hollow, work solid, pauses before retries hatched. */
export function Timeline({ run, tree, overlay, selected, onSelect }: TimelineProps) {
  const now = useNow();
  const titles = stepTitles(tree);
  const end = isActive(run) ? now : Date.parse(run.finishedAt ?? run.createdAt);
  const rows = drawnOf(run.steps);
  const scale = timeScale([queueSpan(run, end), ...rows.flatMap((row) => ownAttempts(row, run, end).map(({ span }) => span))]);
  return (
    <div className="timeline" tabIndex={0} role="region" aria-label="Timeline">
      <div className="timeline-head">
        <span className="dim">{clock(run.createdAt)}</span>
        <span className="timeline-track">
          {scale.breaks.map(({ at, ms }) => (
            <span key={at} className="break-label" style={{ left: percent(at) }}>
              {duration(ms)} idle
            </span>
          ))}
        </span>
      </div>
      <ul className="timeline-rows">
        <Row title="In the queue" glyph={null} scale={scale}>
          <Bar span={queueSpan(run, end)} look="queue" scale={scale} words={`In the queue for ${lengthOf(queueSpan(run, end))}`} />
        </Row>
        {failedPlace(run, tree) === 'trigger' && <TriggerRow {...{ run, tree, overlay, selected, scale, onSelect }} />}
        {rows.map((row) => (
          <StepRow
            key={row.path}
            run={run}
            row={row}
            end={end}
            scale={scale}
            title={titleAt(row.path, titles)}
            current={isCurrent(row.path, selected, overlay)}
            onSelect={onSelect}
          />
        ))}
      </ul>
      {rows.length < run.steps.length && <p className="list-note dim">{run.steps.length - rows.length} more steps are in the list.</p>}
    </div>
  );
}

/** That it failed, and why: it took no time that could be drawn. */
function TriggerRow({ run, tree, selected, scale, onSelect }: TimelineProps & { readonly scale: TimeScale }) {
  const current = selected === 'trigger';
  const words = plainSentence(run.error?.message ?? '');
  const label = (
    <button type="button" className="row-button" aria-current={current ? 'step' : undefined} onClick={() => onSelect('trigger')}>
      {triggerTitle(tree)}
    </button>
  );
  return (
    <Row title={label} glyph={<Glyph status="failed" />} scale={scale} current={current}>
      <span className="track-words" title={words}>
        {words}
      </span>
    </Row>
  );
}

interface StepRowProps {
  readonly run: RunView;
  readonly row: StepView;
  readonly end: number;
  readonly scale: TimeScale;
  readonly title: string;
  readonly current: boolean;
  readonly onSelect: TimelineProps['onSelect'];
}

function StepRow({ run, row, end, scale, title, current, onSelect }: StepRowProps) {
  const given = givenIn(run, row);
  const spans = ownAttempts(row, run, end);
  const place = placeOf(row.path);
  const label = (
    <button
      type="button"
      className="row-button"
      title={row.path}
      aria-current={current ? 'step' : undefined}
      onClick={() => onSelect(place.step, place.more)}
    >
      {title}
    </button>
  );
  return (
    <Row title={label} glyph={<Glyph status={glyphOf(row.status, row)} />} scale={scale} current={current}>
      {given !== undefined && <span className="track-words">{givenFrom(given, run)}</span>}
      {spans.slice(1).map(({ span }, index) => (
        <Bar
          key={`pause ${index}`}
          span={{ from: spans[index]!.span.to, to: span.from }}
          look="pause"
          scale={scale}
          words="Pause before the next attempt"
        />
      ))}
      {spans.map(({ attempt, span }) => (
        <Bar
          key={attempt.attempt}
          span={span}
          look={row.kind === 'wait' && attempt.error === null ? 'wait' : attempt.status}
          scale={scale}
          words={`Attempt ${attempt.attempt}, ${lengthOf(span)}, at ${clock(new Date(span.from).toISOString())}`}
        />
      ))}
    </Row>
  );
}

interface RowProps {
  readonly title: React.ReactNode;
  readonly glyph: React.ReactNode;
  readonly scale: TimeScale;
  readonly current?: boolean;
  readonly children: React.ReactNode;
}

function Row({ title, glyph, scale, current = false, children }: RowProps) {
  return (
    <li className="timeline-row" data-current={current}>
      <span className="timeline-label">
        {glyph}
        {title}
      </span>
      <span className="timeline-track">
        {scale.breaks.map(({ at }) => (
          <span key={at} className="break-mark" style={{ left: percent(at) }} />
        ))}
        {children}
      </span>
    </li>
  );
}

interface BarProps {
  readonly span: Span;
  readonly look: string;
  readonly scale: TimeScale;
  readonly words: string;
}

function Bar({ span, look, scale, words }: BarProps) {
  const [left, right] = [scale.at(span.from), scale.at(span.to)];
  return <span className="bar" data-look={look} style={{ left: percent(left), width: percent(right - left) }} title={words} />;
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(3)}%`;
}

function queueSpan({ createdAt, startedAt }: RunView, end: number): Span {
  return { from: Date.parse(createdAt), to: startedAt === null ? end : Math.max(Date.parse(createdAt), Date.parse(startedAt)) };
}

type Attempt = StepView['attemptLog'][number];

/** The attempts of a step that this run made. Of a step that it went on with, the earlier ones are of the run before. */
function ownAttempts(row: StepView, run: RunView, end: number): { readonly attempt: Attempt; readonly span: Span }[] {
  if (givenIn(run, row) !== undefined) return [];
  const isOwn = ({ finishedAt }: Attempt): boolean => finishedAt === null || Date.parse(finishedAt) === beganIn(run, finishedAt);
  return row.attemptLog.filter(isOwn).map((attempt) => ({ attempt, span: spanOf(attempt, run, end) }));
}

function spanOf({ startedAt, finishedAt }: Attempt, run: RunView, end: number): Span {
  const from = beganIn(run, startedAt);
  return { from, to: finishedAt === null ? Math.max(from, end) : Math.max(from, Date.parse(finishedAt)) };
}

function lengthOf({ from, to }: Span): string {
  return duration(to - from);
}
