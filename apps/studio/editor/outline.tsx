import type { StepPlace } from '@millrace/flow';
import { ArrowDown, ArrowUp, Plus } from 'lucide-react';
import { useId } from 'react';
import type { FlowStep, Lane } from '../flow/structure.js';
import { laneWords, stepSummary, stepTitle, triggerTitle, triggerWords } from '../flow/words.js';
import { textOf } from '../flow/structure.js';
import { Button, IconButton } from '../ui/controls.js';
import { Pinned } from '../ui/pinned.js';
import { StepTile, TriggerTile } from '../ui/tile.js';
import { useEditor } from './context.js';
import { placeTowards } from './moves.js';
import { lanesOf } from './places.js';
import type { Commands } from './use-commands.js';

interface OutlineProps {
  readonly selected: string | undefined;
  readonly marked: ReadonlyMap<string, string>;
  /** Steps whose output is pinned for tests. */
  readonly pinned: ReadonlySet<string>;
  readonly commands: Commands;
}

/** A flow as an indented list, for screens that are too small to draw on. A step opens its settings over the whole screen. */
export function Outline(props: OutlineProps) {
  const { tree } = useEditor();
  const { select } = props.commands;
  return (
    <section className="outline" aria-label="Flow">
      <button type="button" className="outline-step" data-step="trigger" onClick={() => select('trigger')}>
        <TriggerTile type={String(tree.trigger['type'])} />
        <span className="node-text">
          <span className="node-title">{triggerTitle(tree)}</span>
          <span className="node-summary">{triggerWords(tree.trigger, tree.id)}</span>
        </span>
      </button>
      <Steps {...props} list="/steps" steps={tree.steps} />
      <h2 className="outline-lane">on error</h2>
      <Steps {...props} list="/onError" steps={tree.onError} />
      <Button onClick={() => select('flow')}>The flow</Button>
    </section>
  );
}

interface StepsProps extends OutlineProps {
  readonly list: string;
  readonly steps: readonly FlowStep[];
}

function Steps({ list, steps, ...props }: StepsProps) {
  const place: StepPlace = { list, at: steps.length };
  return (
    <ol className="outline-steps">
      {steps.map((step) => (
        <li key={step.id}>
          <Step {...props} step={step} />
        </li>
      ))}
      <li>
        <Button look="quiet" className="outline-add" onClick={() => props.commands.startAdding(place)}>
          <Plus size={16} aria-hidden /> Add a step
        </Button>
      </li>
    </ol>
  );
}

function Step({ step, ...props }: OutlineProps & { readonly step: FlowStep }) {
  const { tree } = useEditor();
  const { commands, selected, marked, pinned } = props;
  const mark = marked.get(step.id);
  const note = textOf(step.json['note']);
  const lists = lanesOf(tree).filter(({ owner }) => owner === step);
  const title = stepTitle(step);
  return (
    <>
      <div className="outline-row">
        <button
          type="button"
          className="outline-step"
          data-step={step.id}
          aria-current={selected === step.id ? 'step' : undefined}
          onClick={() => commands.select(step.id)}
        >
          <StepTile step={step} />
          <span className="node-text">
            <span className="node-title">{title}</span>
            <span className="node-summary">
              {pinned.has(step.id) && <Pinned />}
              {mark === undefined ? stepSummary(step) : <span className="bad">{mark}</span>}
            </span>
            {note !== undefined && <span className="node-summary">{note}</span>}
          </span>
        </button>
        <Way step={step} title={title} way="up" commands={commands} />
        <Way step={step} title={title} way="down" commands={commands} />
      </div>
      {step.lanes.map((lane, index) => (
        <Inside key={lane.key} {...props} owner={step} lane={lane} list={lists[index]?.list ?? ''} />
      ))}
    </>
  );
}

interface WayProps {
  readonly step: FlowStep;
  readonly title: string;
  readonly way: 'up' | 'down';
  readonly commands: Commands;
}

function Way({ step, title, way, commands }: WayProps) {
  const { tree } = useEditor();
  const Icon = way === 'up' ? ArrowUp : ArrowDown;
  return (
    <IconButton label={`Move ${title} ${way}`} disabled={!placeTowards(tree, step.id, way)} onClick={() => commands.nudge(step.id, way)}>
      <Icon size={16} aria-hidden />
    </IconButton>
  );
}

interface InsideProps extends OutlineProps {
  readonly owner: FlowStep;
  readonly lane: Lane;
  readonly list: string;
}

function Inside({ owner, lane, list, ...props }: InsideProps) {
  const id = useId();
  return (
    <div className="outline-inside" role="group" aria-labelledby={id}>
      <span id={id} className="outline-lane">
        {laneWords(owner, lane)}
      </span>
      <Steps {...props} list={list} steps={lane.steps} />
    </div>
  );
}
