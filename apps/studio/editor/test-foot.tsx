import { stepIdOf } from '@millrace/flow';
import type { Json } from '@millrace/component-sdk';
import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import type { RunView, StepView } from '../api/wire.js';
import { count, shortId } from '../format/format.js';
import type { FlowStep } from '../flow/structure.js';
import { ErrorBlock } from '../run/error-block.js';
import { Button } from '../ui/controls.js';
import { DataTree } from '../ui/data-tree.js';
import { keyNames } from '../ui/key-names.js';
import { Sentence } from '../ui/sentence.js';
import { useEditor } from './context.js';
import { Pinning } from './pinning.js';
import { placeOf } from './places.js';
import { focusStep } from './problems.js';
import { flowPlanWords, flowTestLabel, planWords, testLabel } from './test-words.js';
import { textMark, useStepTest, useTestPlan, type StepTest } from './use-test.js';

/** At the foot of a step: the event it is tested with, the test, and what it gave. */
export function TestFoot({ step }: { readonly step: FlowStep }) {
  const view = useEditor();
  const { flowId, eventId, savedSteps, flush } = view;
  const test = useStepTest(flowId, step.id, eventId, flush);
  const plan = useTestPlan(flowId, step.id, eventId, savedSteps.has(step.id) ? textMark(view) : undefined).data;
  useTestKey(test, eventId !== undefined);
  return (
    <Foot test={test} words={plan && planWords(step.id, plan)} label={testLabel(step, plan)} keys="⌘↵">
      <Result test={test} step={step.id} />
    </Foot>
  );
}

/** At the foot of the flow: a test of all of it, to its end. */
export function FlowTestFoot({ test }: { readonly test: StepTest }) {
  const view = useEditor();
  const { flowId, eventId, problems } = view;
  const faults = problems.filter(({ severity }) => severity === 'error').length;
  const plan = useTestPlan(flowId, undefined, eventId, faults === 0 ? textMark(view) : undefined).data;
  const words = faults > 0 ? `${count(faults, 'problem')} must be mended first.` : plan && flowPlanWords(plan);
  return (
    <Foot test={test} words={words} label={flowTestLabel(plan)} keys="⇧⌘↵" isReady={faults === 0}>
      <FlowResult test={test} />
    </Foot>
  );
}

interface FootProps {
  readonly test: StepTest;
  /** What the test does and does not do. */
  readonly words: string | undefined;
  readonly label: string;
  readonly keys: string;
  readonly isReady?: boolean;
  /** What it gave. */
  readonly children: React.ReactNode;
}

/** Its button is the one in ink, unless what is left to do is to publish. */
function Foot({ test, words, label, keys, isReady = true, children }: FootProps) {
  const { eventId, publish, testsFirst, tree } = useEditor();
  const isHook = tree.trigger['type'] === 'webhook';
  return (
    <section className="test-foot" aria-label="Test">
      {children}
      <p className="dim">
        {eventId === undefined
          ? `No event is loaded to test with: load one over the drawing${isHook ? ', or send one to the URL of the flow' : ''}.`
          : `Using event ${shortId(eventId)}.`}{' '}
        <Sentence text={words ?? ''} />
      </p>
      {test.problem !== undefined && (
        <p className="bad" role="alert">
          <Sentence text={test.problem} />
        </p>
      )}
      <div className="actions">
        <Button
          look={publish && !testsFirst ? 'plain' : 'ink'}
          data-test={keys}
          disabled={eventId === undefined || test.isBusy || !isReady}
          onClick={test.begin}
        >
          {test.isBusy ? 'Testing…' : label} <kbd>{keyNames(keys)}</kbd>
        </Button>
      </div>
    </section>
  );
}

function TestLink({ run }: { readonly run: RunView }) {
  return (
    <Link className="link" href={`/runs/${run.id}`}>
      The whole test
    </Link>
  );
}

function FlowResult({ test: { run } }: { readonly test: StepTest }) {
  if (!run) return null;
  const link = <TestLink run={run} />;
  if (run.status === 'succeeded') return <Worked link={link} />;
  const row = run.steps.findLast(({ path }) => path === run.error?.step);
  if (run.error) {
    return (
      <>
        <ErrorBlock error={run.error} row={row} />
        <p className="actions">
          <ToFailed step={run.error.step} /> {link}
        </p>
      </>
    );
  }
  return (
    <p role="status">
      The test ended {run.status}. {link}
    </p>
  );
}

/** To the settings of the step at which a test of the flow failed. */
function ToFailed({ step }: { readonly step: string | undefined }) {
  const { select, tree } = useEditor();
  const id = step === undefined ? undefined : stepIdOf(step);
  if (id === undefined || !placeOf(tree, id)) return null;
  return <Button onClick={() => (select(id), focusStep(id))}>Go to {id}, which failed</Button>;
}

function Result({ test: { run, row }, step }: { readonly test: StepTest; readonly step: string }) {
  if (!run) return null;
  const link = <TestLink run={run} />;
  if (row?.status === 'succeeded') return <Succeeded row={row} step={step} link={link} />;
  const error = row?.error ?? run.error;
  if (error) {
    return (
      <>
        <ErrorBlock error={error} row={row} /> <p>{link}</p>
      </>
    );
  }
  return (
    <p role="status">
      The test ended {run.status} and did not come to this step. {link}
    </p>
  );
}

function Succeeded({ row, step, link }: { readonly row: StepView; readonly step: string; readonly link: React.ReactNode }) {
  return (
    <>
      <Worked link={link} />
      {row.input !== null && (
        <details>
          <summary>Input</summary>
          <DataTree value={row.input as Json} label="Input of the test" />
        </details>
      )}
      <details open>
        <summary>Output</summary>
        {row.large.includes('output') ? (
          <p className="dim">Too large to be shown here.</p>
        ) : (
          <DataTree value={row.output as Json} label="Output of the test" />
        )}
      </details>
      <Pinning step={step} output={row.large.includes('output') ? undefined : (row.output as Json)} />
    </>
  );
}

/** What comes after a test that went well: with something to publish, that. */
function Worked({ link }: { readonly link: React.ReactNode }) {
  const { publish } = useEditor();
  return (
    <div className="test-worked">
      <p role="status">
        <strong>It worked.</strong> {publish && 'Publish to run it on every event.'} {link}
      </p>
      {publish && <Button onClick={publish}>Publish</Button>}
    </div>
  );
}

/** ⌘↵ or Ctrl ↵, wherever the focus is. */
function useTestKey({ begin, isBusy }: StepTest, isReady: boolean): void {
  const act = useRef(begin);
  useEffect(() => void (act.current = begin));
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey) || event.shiftKey || isBusy || !isReady) return;
      event.preventDefault();
      act.current();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [isBusy, isReady]);
}

const FLOW_BUTTON = '[data-test="⇧⌘↵"]';

/** ⇧⌘↵ or Ctrl ⇧ ↵: shows what a test of the flow would really do; where that is in sight already, begins it. */
export function useFlowTestKey(show: () => void): void {
  const act = useRef(show);
  useEffect(() => void (act.current = show));
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey) || !event.shiftKey) return;
      event.preventDefault();
      const button = document.querySelector<HTMLButtonElement>(FLOW_BUTTON);
      if (button?.checkVisibility()) return button.click();
      act.current();
      requestAnimationFrame(() => document.querySelector<HTMLButtonElement>(FLOW_BUTTON)?.focus());
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
