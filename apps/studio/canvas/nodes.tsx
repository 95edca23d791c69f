import type { Node, NodeProps } from '@xyflow/react';
import { memo } from 'react';
import { duration } from '../format/format.js';
import { isLoop, textOf, type FlowStep, type FlowTree } from '../flow/structure.js';
import { stepSummary, stepTitle, triggerTitle, triggerWords } from '../flow/words.js';
import { glyphOf } from '../run/called-off.js';
import { NOT_KEPT, type StepState } from '../run/overlay.js';
import { Glyph } from '../ui/glyph.js';
import { Pinned } from '../ui/pinned.js';
import { StepTile, TriggerTile } from '../ui/tile.js';
import { Strip } from './strip.js';
import { useAlsoSelected, useIsEntry, useIsPinned, useMark, useSelected, useStepState } from './store.js';

export type StepNode = Node<{ step: FlowStep }, 'step'>;
export type TriggerNode = Node<{ tree: FlowTree }, 'trigger'>;
export type FrameNode = Node<{ step: FlowStep }, 'frame'>;
export type CanvasNode = StepNode | TriggerNode | FrameNode;

const Step = memo(function Step({ id, data: { step } }: NodeProps<StepNode>) {
  const state = useStepState(id);
  const mark = useMark(id);
  const pinned = useIsPinned(id);
  const note = textOf(step.json['note']);
  return (
    <>
      <NodeButton id={id} status={state && glyphOf(state.status, state.row)}>
        <StepTile step={step} />
        <span className="node-text">
          <span className="node-title">{stepTitle(step)}</span>
          <span className="node-summary">
            {pinned && <Pinned />}
            {mark === undefined ? stepSummary(step) : <Mark text={mark} />}
          </span>
        </span>
        {state && <StateParts state={state} />}
      </NodeButton>
      {note !== undefined && <p className="node-note">{note}</p>}
      {isLoop(step) && <Strip loop={id} />}
    </>
  );
});

/** What is wrong, in place of what it does. */
function Mark({ text }: { readonly text: string }) {
  return <span className="bad">{text.replaceAll('`', '')}</span>;
}

const Trigger = memo(function Trigger({ id, data: { tree } }: NodeProps<TriggerNode>) {
  const mark = useMark(id);
  const isFailed = useStepState(id)?.status === 'failed';
  return (
    <NodeButton id={id} status={isFailed ? 'failed' : undefined}>
      <span className="visually-hidden">Trigger: </span>
      <TriggerTile type={String(tree.trigger['type'])} />
      <span className="node-text">
        <span className="node-title">{triggerTitle(tree)}</span>
        <span className="node-summary">{mark === undefined ? triggerWords(tree.trigger, tree.id) : <Mark text={mark} />}</span>
      </span>
      {isFailed && <Glyph status="failed" />}
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
  readonly children: React.ReactNode;
}

/** One tab stop for the whole flow: the arrow keys do the rest. */
function NodeButton({ id, status, children }: NodeButtonProps) {
  const [selected, also, entry] = [useSelected(id), useAlsoSelected(id), useIsEntry(id)];
  return (
    <button
      type="button"
      className="node nopan"
      data-step={id}
      data-status={status}
      data-also={also || undefined}
      aria-current={selected ? 'step' : undefined}
      tabIndex={entry ? 0 : -1}
    >
      {children}
      {also && <span className="visually-hidden">, selected</span>}
    </button>
  );
}

function StateParts({ state: { status, row, durationMs, attempts, given } }: { readonly state: StepState }) {
  return (
    <>
      <span className="node-took">
        {durationMs !== null && <span>{duration(durationMs)}</span>}
        {given !== undefined && <span title="This run did not do it.">{given}</span>}
        {given === undefined && status === 'folded' && <span title={NOT_KEPT}>not kept</span>}
        {given === undefined && attempts > 1 && <Tries attempts={attempts} />}
      </span>
      {status !== 'pending' && status !== 'folded' && <Glyph status={glyphOf(status, row)} />}
    </>
  );
}

function Tries({ attempts }: { readonly attempts: number }) {
  return (
    <span className="node-attempts">
      <span aria-hidden>↻ {attempts}</span>
      <span className="visually-hidden">{attempts} attempts</span>
    </span>
  );
}
