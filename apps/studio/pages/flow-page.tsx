import { useMemo } from 'react';
import { Link } from 'wouter';
import { useFlow } from '../api/queries.js';
import type { FlowView } from '../api/wire.js';
import { Canvas } from '../canvas/canvas.js';
import { PauseButton } from '../editor/pause.js';
import { everyStep, readFlow, type FlowTree } from '../flow/structure.js';
import { stepTitle, triggerTitle } from '../flow/words.js';
import { count, moment } from '../format/format.js';
import { Settings } from '../run/settings.js';
import { Header } from '../shell/shell.js';
import { CopyField, Fact, Facts, Segmented } from '../ui/controls.js';
import { Glyph, statusWords } from '../ui/glyph.js';
import { Split } from '../ui/split.js';
import { Loaded } from '../ui/states.js';
import { Sentence } from '../ui/sentence.js';
import { useNow } from '../ui/use-now.js';
import { useUrlState } from '../ui/url-state.js';
import { ArchiveFlow } from './archive-flow.js';
import { FlowText } from './flow-text.js';
import { stepAtPointer } from './problem-place.js';

export function FlowPage({ id }: { readonly id: string }) {
  return (
    <Loaded query={useFlow(id)} what="the flow">
      {(flow) => <Flow flow={flow} />}
    </Loaded>
  );
}

function Flow({ flow }: { readonly flow: FlowView }) {
  const { get, href } = useUrlState();
  const view = get('view') === 'text' ? 'text' : 'canvas';
  const choices = [
    { value: 'canvas', label: 'Canvas', href: href({ view: undefined }) },
    { value: 'text', label: 'Text', href: href({ view: 'text' }) },
  ];
  return (
    <>
      <Header trail={[{ label: 'Flows', href: '/flows' }, { label: flow.name ?? flow.id }]} actions={<State flow={flow} />}>
        <Segmented label="View" choices={choices} value={view} />
        <Link className="button" data-look="quiet" href={`/flows/${flow.id}/runs`}>
          Runs
        </Link>
        <Link className="button" data-look="quiet" href={`/flows/${flow.id}/versions`}>
          Versions
        </Link>
        {(flow.state === 'live' || flow.paused) && <PauseButton flow={flow} />}
        <Link className="button" data-look="plain" href={`/flows/${flow.id}/edit`}>
          Edit
        </Link>
      </Header>
      <Parts flow={flow} view={view} />
    </>
  );
}

function State({ flow }: { readonly flow: FlowView }) {
  return (
    <span className="with-glyph">
      <Glyph status={flow.state} quiet />
      {flow.state === 'live' ? `Live v${flow.version}` : statusWords(flow.state)}
    </span>
  );
}

function Parts({ flow, view }: { readonly flow: FlowView; readonly view: 'canvas' | 'text' }) {
  const { get, set } = useUrlState();
  const tree = useMemo(() => readFlow(flow.text ?? ''), [flow.text]);
  const marked = useMemo(() => markedSteps(flow, tree), [flow, tree]);
  const selected = get('step');
  if (flow.text === null) return <NoVersion flow={flow} />;
  return (
    <Split inspector={<FlowPanel flow={flow} tree={tree} selected={selected} />}>
      {view === 'text' ? (
        <FlowText text={flow.text} problems={flow.problems} />
      ) : (
        <Canvas tree={tree} selected={selected} marked={marked} onSelect={(step) => set({ step }, { replace: true })} />
      )}
    </Split>
  );
}

function markedSteps(flow: FlowView, tree: FlowTree): ReadonlyMap<string, string> {
  return new Map(
    flow.problems.flatMap(({ path, message }) => {
      const step = stepAtPointer(tree, path);
      return step === undefined ? [] : [[step, message] as const];
    }),
  );
}

function NoVersion({ flow }: { readonly flow: FlowView }) {
  return (
    <div className="detail">
      <h2>No version of this flow can run yet</h2>
      <Problems flow={flow} />
      <ArchiveFlow flow={flow} />
    </div>
  );
}

function FlowPanel({ flow, tree, selected }: { readonly flow: FlowView; readonly tree: FlowTree; readonly selected: string | undefined }) {
  const step = everyStep([...tree.steps, ...tree.onError]).find(({ id }) => id === selected);
  return (
    <aside className="inspector" aria-label="Inspector" data-open={selected !== undefined}>
      <div className="panel-body" tabIndex={0} role="region" aria-label={step ? stepTitle(step) : 'The flow'}>
        {step ? (
          <>
            <h2>{stepTitle(step)}</h2>
            <Settings step={step} />
            <pre className="code-block">{JSON.stringify(step.json, null, 2)}</pre>
          </>
        ) : (
          <About flow={flow} tree={tree} />
        )}
      </div>
    </aside>
  );
}

function About({ flow, tree }: { readonly flow: FlowView; readonly tree: FlowTree }) {
  const now = useNow();
  return (
    <>
      <h2>{triggerTitle(tree)}</h2>
      {flow.note !== null && (
        <p className="dim">
          <Sentence text={flow.note} />
        </p>
      )}
      {typeof flow.trigger?.url === 'string' && <CopyField label="Copy the URL" text={flow.trigger.url} />}
      <Facts>
        {typeof flow.trigger?.url === 'string' && <Fact label="Methods">{flow.trigger.methods.join(', ')}</Fact>}
        {typeof flow.trigger?.url === 'string' && (
          <Fact label="Credential">{flow.trigger.credential ?? 'none: anybody who knows the URL may send'}</Fact>
        )}
        <Fact label="Version">{flow.version === 0 ? 'none is live yet' : flow.version}</Fact>
        {flow.publishedAt && <Fact label="Live since">{moment(flow.publishedAt, now)}</Fact>}
        <Fact label="Steps">{count(everyStep([...tree.steps, ...tree.onError]).length, 'step')}</Fact>
      </Facts>
      <Problems flow={flow} />
      <ArchiveFlow flow={flow} />
    </>
  );
}

function Problems({ flow: { problems, version } }: { readonly flow: FlowView }) {
  if (problems.length === 0) return null;
  return (
    <section className="problems">
      <h3>{version > 0 ? `The newest text is not live. Version ${version} stays.` : 'Why it cannot run'}</h3>
      <ul>
        {problems.map(({ code, severity, message, line, column, path }) => (
          <li key={`${code}${path}${line}:${column}`}>
            <Glyph status={severity === 'error' ? 'not-enabled' : 'paused'} />
            <p>
              <Sentence text={message} /> <code className="dim">{`line ${line}`}</code>
              <SealInstead code={code} message={message} />
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A secret that no variable holds may be given here as well. */
function SealInstead({ code, message }: { readonly code: string; readonly message: string }) {
  const name = code === 'credential.missing-secret' ? /`([^`]+)`/.exec(message)?.[1] : undefined;
  if (name === undefined) return null;
  return (
    <>
      {' '}
      <Link className="link" href={`/credentials/${encodeURIComponent(name)}`}>
        Or give its secret here
      </Link>
    </>
  );
}
