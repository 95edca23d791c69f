import type { RunView, StepView } from '../api/wire.js';
import type { FlowTree } from '../flow/structure.js';
import { stepTitles, triggerTitle } from '../flow/words.js';
import { clock, duration } from '../format/format.js';
import { Glyph } from '../ui/glyph.js';
import { glyphOf } from './called-off.js';
import { beganIn, givenFrom, givenIn } from './given.js';
import { failedPlace } from './opens-at.js';
import type { Overlay } from './overlay.js';
import { isCurrent, placeOf, titleAt } from './paths.js';
import { Sentence } from '../ui/sentence.js';
import { VirtualRows } from '../ui/virtual-rows.js';

interface StepListProps {
  readonly run: RunView;
  readonly tree: FlowTree;
  readonly overlay: Overlay;
  readonly selected: string | undefined;
  readonly onSelect: (step: string, more?: Record<string, string>) => void;
}

/** The journal as a table: what happened, in the order in which it did. */
export function StepList({ run, tree, overlay, selected, onSelect }: StepListProps) {
  const titles = stepTitles(tree);
  const isTriggerFailed = failedPlace(run, tree) === 'trigger';
  if (run.steps.length === 0 && !isTriggerFailed) return <p className="list-note dim">No step has been begun.</p>;
  const trigger = isTriggerFailed && <FailedTrigger {...{ run, tree, overlay, selected, onSelect }} />;
  if (run.steps.length === 0) return trigger;
  return (
    <>
      {trigger}
      <VirtualRows
        label="Steps"
        className="step-list"
        items={run.steps}
        rowHeight={36}
        head={['Step', 'Path', 'Attempts', 'Started', 'Took']}
        keyOf={({ path }) => path}
        row={(row) => (
          <Cells
            run={run}
            row={row}
            title={titleAt(row.path, titles)}
            current={isCurrent(row.path, selected, overlay)}
            onSelect={onSelect}
          />
        )}
      />
    </>
  );
}

/** It comes before every step, and has no row in the journal. */
function FailedTrigger({ run, tree, selected, onSelect }: StepListProps) {
  return (
    <div className="list-note">
      <p className="with-glyph">
        <Glyph status="failed" />
        <button
          type="button"
          className="row-button"
          aria-current={selected === 'trigger' ? 'step' : undefined}
          onClick={() => onSelect('trigger')}
        >
          {triggerTitle(tree)}
        </button>
      </p>
      <p>
        <Sentence text={run.error?.message ?? ''} />
      </p>
      {run.steps.length === 0 && <p className="dim">No step has been begun.</p>}
    </div>
  );
}

interface CellsProps {
  readonly run: RunView;
  readonly row: StepView;
  readonly title: string;
  readonly current: boolean;
  readonly onSelect: StepListProps['onSelect'];
}

function Cells({ run, row, title, current, onSelect }: CellsProps) {
  const given = givenIn(run, row);
  const place = placeOf(row.path);
  const began = beganIn(run, row.startedAt);
  const took = row.finishedAt === null ? '…' : duration(Math.max(0, Date.parse(row.finishedAt) - began));
  return (
    <>
      <span role="cell" className="with-glyph">
        <Glyph status={glyphOf(row.status, row)} />
        <button
          type="button"
          className="row-button"
          aria-current={current ? 'step' : undefined}
          onClick={() => onSelect(place.step, place.more)}
        >
          {title}
        </button>
      </span>
      <code role="cell" className="dim nowrap">
        {row.path}
      </code>
      <span role="cell">{row.attempts}</span>
      {given === undefined ? (
        <code role="cell">{clock(new Date(began).toISOString())}</code>
      ) : (
        <span role="cell" className="dim">
          –
        </span>
      )}
      {given === undefined ? (
        <code role="cell" className="right">
          {took}
        </code>
      ) : (
        <span role="cell" className="dim right nowrap" title={`This run did not do it: ${givenFrom(given, run)}.`}>
          {given}
        </span>
      )}
    </>
  );
}
