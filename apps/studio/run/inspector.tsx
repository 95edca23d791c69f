import type { Json } from '@millrace/component-sdk';
import { X } from 'lucide-react';
import { everyStep, type FlowStep } from '../flow/structure.js';
import { stepSummary, stepTitle, triggerTitle } from '../flow/words.js';
import { size } from '../format/format.js';
import { IconButton, Tabs } from '../ui/controls.js';
import { DataTree } from '../ui/data-tree.js';
import { LargeValue } from '../ui/large-value.js';
import { StepTile, TriggerTile } from '../ui/tile.js';
import { useUrlState } from '../ui/url-state.js';
import { Attempts } from './attempts.js';
import { ErrorBlock } from './error-block.js';
import { failedPlace } from './opens-at.js';
import { NOT_KEPT, type StepState } from './overlay.js';
import { EventPanel, RunPanel } from './panels.js';
import { CalledBy, CalledRun, RepeatedBy, RetryNote } from './repeats.js';
import { ResultLine } from './result-line.js';
import type { ShownRun } from './shown-run.js';
import { Settings } from './settings.js';
import { Why } from './why.js';

interface InspectorProps {
  readonly shown: ShownRun;
  readonly selected: string | undefined;
  readonly onSelect: (step: string | undefined) => void;
}

/** What is known of the selected step, of the event, or of the run. */
export function Inspector({ shown, selected, onSelect }: InspectorProps) {
  const step = everyStep([...shown.tree.steps, ...shown.tree.onError]).find(({ id }) => id === selected);
  return (
    <aside className="inspector" aria-label="Inspector" data-open={selected !== undefined}>
      {step && <StepPanel shown={shown} step={step} onClose={() => onSelect(undefined)} />}
      {selected === 'trigger' && <TriggerPanel shown={shown} onClose={() => onSelect(undefined)} />}
      {!step && selected !== 'trigger' && <RunPanel shown={shown} onSelect={onSelect} />}
    </aside>
  );
}

function TriggerPanel({ shown, onClose }: { readonly shown: ShownRun; readonly onClose: () => void }) {
  const { run, tree, event } = shown;
  return (
    <>
      <PanelHead title={triggerTitle(tree)} code="trigger" onClose={onClose}>
        <TriggerTile type={String(tree.trigger['type'])} />
      </PanelHead>
      <div className="panel-body" tabIndex={0} role="region" aria-label={triggerTitle(tree)}>
        {run.error && failedPlace(run, tree) === 'trigger' && (
          <>
            <ErrorBlock error={run.error} row={undefined} />
            <Retries shown={shown} />
          </>
        )}
        {event && <EventPanel event={event} />}
      </div>
    </>
  );
}

interface HeadProps {
  readonly title: string;
  readonly code: string;
  readonly onClose: () => void;
  readonly children: React.ReactNode;
}

function PanelHead({ title, code, onClose, children }: HeadProps) {
  return (
    <header className="panel-head">
      {children}
      <div>
        <h2>{title}</h2>
        <code className="dim">{code}</code>
      </div>
      <IconButton label="Close" onClick={onClose}>
        <X size={16} aria-hidden />
      </IconButton>
    </header>
  );
}

function StepPanel({ shown, step, onClose }: { readonly shown: ShownRun; readonly step: FlowStep; readonly onClose: () => void }) {
  const { get, href } = useUrlState();
  const state = shown.overlay.state(step.id);
  const tab = get('tab') ?? 'settings';
  const choices = [
    { value: 'settings', label: 'Settings', href: href({ tab: undefined }) },
    { value: 'input', label: 'Input', href: href({ tab: 'input' }) },
    { value: 'output', label: 'Output', href: href({ tab: 'output' }) },
    { value: 'definition', label: 'Definition', href: href({ tab: 'definition' }) },
  ];
  return (
    <>
      <PanelHead title={stepTitle(step)} code={shown.overlay.path(step.id)} onClose={onClose}>
        <StepTile step={step} />
      </PanelHead>
      <Tabs label="Parts of the step" choices={choices} value={tab} />
      <div className="panel-body" tabIndex={0} role="region" aria-label={`${stepTitle(step)}, ${tab}`}>
        {tab === 'settings' && <Overview shown={shown} step={step} state={state} />}
        {tab === 'input' && <Part shown={shown} state={state} part="input" />}
        {tab === 'output' && <Part shown={shown} state={state} part="output" />}
        {tab === 'definition' && <pre className="code-block">{JSON.stringify(step.json, null, 2)}</pre>}
      </div>
    </>
  );
}

function Overview({ shown, step, state }: { readonly shown: ShownRun; readonly step: FlowStep; readonly state: StepState }) {
  const { row } = state;
  return (
    <>
      {row?.error && <ErrorBlock error={row.error} row={row} />}
      {row && row.path === shown.run.error?.step && <Retries shown={shown} />}
      {(!row?.error || state.given !== undefined) && <ResultLine run={shown.run} state={state} doing={stepSummary(step)} />}
      <CalledRun step={step} row={row} />
      <Why shown={shown} step={step} />
      <Settings step={step} input={row?.input as Json | undefined} />
      {row && state.given === undefined && <Attempts row={row} />}
    </>
  );
}

/** Whoever is about to retry what failed sees that somebody has, and what it would do. */
function Retries({ shown: { run, tree } }: { readonly shown: ShownRun }) {
  return (
    <>
      <CalledBy run={run} />
      <RepeatedBy run={run} />
      <RetryNote run={run} tree={tree} />
    </>
  );
}

/** What a step got or gave; large values in pieces. */
function Part({ shown, state, part }: { readonly shown: ShownRun; readonly state: StepState; readonly part: 'input' | 'output' }) {
  const { row } = state;
  if (state.isFolded) return <p className="dim">{NOT_KEPT}</p>;
  if (!row) return <p className="dim">The run has not come to this step, so there is no {part}.</p>;
  if (row.large.includes(part)) {
    const source = { path: `runs/${shown.run.id}/value`, query: { path: row.path, part } };
    const file = `/api/v1/runs/${shown.run.id}/steps/${encodeURIComponent(row.path)}/${part}`;
    return <LargeValue key={`${row.path} ${part}`} source={source} label={part} file={file} />;
  }
  const value = row[part] as Json;
  if (value === null) return <p className="dim">{row.status === 'succeeded' ? `There is no ${part}.` : `There is no ${part} yet.`}</p>;
  return (
    <>
      <p className="part-size">{size(JSON.stringify(value).length)}</p>
      <DataTree key={`${row.path} ${part}`} value={value} label={part} />
    </>
  );
}
