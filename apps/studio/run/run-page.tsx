import { useMemo } from 'react';
import { useEvent, useRun, useRunText } from '../api/queries.js';
import type { EventView, RunView } from '../api/wire.js';
import { Canvas } from '../canvas/canvas.js';
import { readFlow } from '../flow/structure.js';
import { shortId, size } from '../format/format.js';
import { Header } from '../shell/shell.js';
import { Button, Segmented } from '../ui/controls.js';
import { Split } from '../ui/split.js';
import { Loaded } from '../ui/states.js';
import { useMedia } from '../ui/use-media.js';
import { useUrlState } from '../ui/url-state.js';
import { CancelButton } from './cancel.js';
import { Inspector } from './inspector.js';
import { readIterations } from './iterations.js';
import { opensAt } from './opens-at.js';
import { inOrder } from './order.js';
import { overlayOf } from './overlay.js';
import { RunActions } from './rerun.js';
import { EventBar, RunBar } from './run-bar.js';
import type { ShownRun } from './shown-run.js';
import { StepList } from './step-list.js';
import { Timeline } from './timeline-view.js';

export function RunPage({ id }: { readonly id: string }) {
  const query = useRun(id);
  return (
    <Loaded query={query} what="the run">
      {(run) => <WithFlow run={run} />}
    </Loaded>
  );
}

function WithFlow({ run }: { readonly run: RunView }) {
  const version = useRunText(run);
  const event = useEvent(run.eventId);
  return (
    <Loaded query={version} what="the flow of the run">
      {({ text }) => <Run run={run} text={text} event={event.data} />}
    </Loaded>
  );
}

/** Below this there is no room for a drawing. */
const NO_CANVAS = '(max-width: 719px)';

const VIEWS = ['canvas', 'timeline', 'list'] as const;
type View = (typeof VIEWS)[number];

function Run({ run: asked, text, event }: { readonly run: RunView; readonly text: string; readonly event: EventView | undefined }) {
  const url = useUrlState();
  const iterations = url.get('iter');
  const tree = useMemo(() => readFlow(text), [text]);
  const run = useMemo(() => inOrder(asked, tree), [asked, tree]);
  const overlay = useMemo(() => overlayOf(tree, run, readIterations(iterations)), [tree, run, iterations]);
  const small = useMedia(NO_CANVAS);
  const view = VIEWS.find((name) => name === url.get('view')) ?? (small ? 'list' : 'canvas');
  const shown = { run, tree, overlay, event };
  const selected = selectedStep(url.get('step'), shown, small);
  const select = (step: string | undefined, more: Record<string, string> = {}): void =>
    url.set({ step: step ?? 'run', tab: undefined, ...more }, { replace: true });
  return (
    <>
      <Header
        trail={[{ label: 'Runs', href: '/runs' }, { label: `${tree.name ?? run.flowId} · ${shortId(run.id)}` }]}
        actions={
          <>
            <RunActions run={run} tree={tree} event={event} />
            <CancelButton run={run} />
          </>
        }
      >
        <Views view={view} />
      </Header>
      <Split inspector={<Inspector shown={shown} selected={selected} onSelect={select} />}>
        <Body view={view} shown={shown} selected={selected} onSelect={select} />
      </Split>
    </>
  );
}

/** A run opens at what failed, or waits for a person. `run`: nothing is selected, and the run itself is shown. */
function selectedStep(asked: string | undefined, { run, tree }: ShownRun, small: boolean): string | undefined {
  if (asked === 'run') return undefined;
  if (asked !== undefined) return asked;
  // Where the inspector lies over the page, it opens only when it is asked for.
  return small ? undefined : opensAt(run, tree);
}

function Views({ view }: { readonly view: View }) {
  const { href } = useUrlState();
  const choices = [
    { value: 'canvas', label: 'Canvas', href: href({ view: undefined }) },
    { value: 'timeline', label: 'Timeline', href: href({ view: 'timeline' }) },
    { value: 'list', label: 'List', href: href({ view: 'list' }) },
  ];
  return <Segmented label="View" choices={choices} value={view} />;
}

interface BodyProps {
  readonly view: View;
  readonly shown: ShownRun;
  readonly selected: string | undefined;
  readonly onSelect: (step: string | undefined, more?: Record<string, string>) => void;
}

function Body({ view, shown, selected, onSelect }: BodyProps) {
  const { run, tree, overlay, event } = shown;
  if (view === 'timeline') return <Timeline run={run} tree={tree} overlay={overlay} selected={selected} onSelect={onSelect} />;
  if (view === 'list') {
    const place = opensAt(run, tree);
    return (
      <div className="list-view">
        <div className="phone-bar">
          <RunBar run={run} event={event} />
          {place !== undefined && (
            <Button onClick={() => onSelect(place)}>{run.status === 'failed' ? 'Show what failed' : 'Show what it waits for'}</Button>
          )}
        </div>
        <StepList run={run} tree={tree} overlay={overlay} selected={selected} onSelect={onSelect} />
      </div>
    );
  }
  return (
    <Canvas
      tree={tree}
      overlay={overlay}
      selected={selected}
      eventSize={event && `1 event · ${size(event.size)}`}
      onSelect={(step) => onSelect(step)}
      onOpenData={(step) => onSelect(step, { tab: 'output' })}
    >
      <div className="canvas-strip">
        <RunBar run={run} event={event} />
        <EventBar event={event} />
      </div>
    </Canvas>
  );
}
