import type { Node, NodeProps } from '@xyflow/react';
import { memo } from 'react';
import { duration } from '../format/format.js';
import { textOf, type FlowStep, type FlowTree } from '../flow/structure.js';
import { stepSummary, stepTitle, triggerTitle, triggerWords } from '../flow/words.js';
import type { StepState } from '../run/overlay.js';
import { Glyph, statusWords } from '../ui/glyph.js';
import { StepTile, TriggerTile } from '../ui/tile.js';
import { Strip } from './strip.js';
import { useIsEntry, useMark, useSelected, useStepState } from './store.js';

export type StepNode = Node<{ step: FlowStep }, 'step'>;
export type TriggerNode = Node<{ tree: FlowTree; size: string | undefined }, 'trigger'>;
export type FrameNode = Node<{ step: FlowStep }, 'frame'>;
export type CanvasNode = StepNode | TriggerNode | FrameNode;

const Step = memo(function Step({ id, data: { step } }: NodeProps<StepNode>) {
  const state = useStepState(id);
  const mark = useMark(id);
  const note = textOf(step.json['note']);
  return (
    <>
      <NodeButton id={id} status={state?.status} words={stateWords(stepTitle(step), state)}>
        <StepTile step={step} />
        <span className="node-text">
          <span className="node-title">{stepTitle(step)}</span>
          <span className="node-summary">{mark === undefined ? stepSummary(step) : <span className="bad">{mark}</span>}</span>
        </span>
        {state && <StateParts state={state} />}
      </NodeButton>
      {note !== undefined && <p className="node-note">{note}</p>}
      {step.kind === 'forEach' && <Strip loop={id} />}
    </>
  );
});

const Trigger = memo(function Trigger({ id, data: { tree, size } }: NodeProps<TriggerNode>) {
  return (
    <NodeButton id={id} status={undefined} words={`Trigger: ${triggerTitle(tree)}`}>
      <TriggerTile type={String(tree.trigger['type'])} />
      <span className="node-text">
        <span className="node-title">{triggerTitle(tree)}</span>
        <span className="node-summary">{triggerWords(tree.trigger, tree.id)}</span>
      </span>
      {size !== undefined && <span className="node-took">{size}</span>}
    </NodeButton>
  );
});

const Frame = memo(function Frame(_: NodeProps<FrameNode>) {
  return <div className="loop-frame" />;
});

/** Outside of the component: React Flow would draw everything anew otherwise. */
export const NODE_TYPES = { step: Step, trigger: Trigger, frame: Frame };

interface NodeButtonProps {
  readonly id: string;
  readonly status: string | undefined;
  readonly words: string;
  readonly children: React.ReactNode;
}

/** One tab stop for the whole flow: the arrow keys do the rest. */
function NodeButton({ id, status, words, children }: NodeButtonProps) {
  const [selected, entry] = [useSelected(id), useIsEntry(id)];
  return (
    <button
      type="button"
      className="node nopan"
      data-step={id}
      data-status={status}
      aria-current={selected ? 'step' : undefined}
      aria-label={words}
      tabIndex={entry ? 0 : -1}
    >
      {children}
    </button>
  );
}

function StateParts({ state: { status, durationMs, attempts } }: { readonly state: StepState }) {
  return (
    <>
      <span className="node-took">
        {durationMs !== null && <span>{duration(durationMs)}</span>}
        {attempts > 1 && <span className="node-attempts">↻ {attempts}</span>}
      </span>
      {status !== 'pending' && <Glyph status={status} quiet />}
    </>
  );
}

function stateWords(title: string, state: StepState | undefined): string {
  if (!state) return title;
  const took = state.durationMs === null ? '' : `, ${duration(state.durationMs)}`;
  const tried = state.attempts > 1 ? `, ${state.attempts} attempts` : '';
  return `${title}: ${statusWords(state.status)}${took}${tried}`;
}
