import { setProperty } from '@millrace/flow';
import { X } from 'lucide-react';
import { useState } from 'react';
import { everyStep, type FlowStep } from '../flow/structure.js';
import { stepTitle, triggerTitle, triggerWords } from '../flow/words.js';
import { Button, Fact, Facts, IconButton } from '../ui/controls.js';
import { DataTree } from '../ui/data-tree.js';
import { TriggerTile } from '../ui/tile.js';
import { useEditor } from './context.js';
import { DiscardDraft } from './discard.js';
import { newIdentities } from './identities.js';
import { isOfTrigger, ProblemList } from './problems.js';
import { placeOf } from './places.js';
import { PlainInput } from './plain-inputs.js';
import { settingEdit } from './setting-edit.js';
import { StepForm } from './step-form.js';
import { StepHead } from './step-head.js';
import { FlowTestFoot, TestFoot } from './test-foot.js';
import { TriggerForm } from './trigger/trigger-form.js';
import type { StepTest } from './use-test.js';

interface InspectorProps {
  readonly selected: string | undefined;
  readonly onDelete: (id: string) => void;
  readonly onDuplicate: (id: string) => void;
  /** Of the whole flow. */
  readonly flowTest: StepTest;
}

/** The settings of what is selected: a step, the trigger, or the flow. */
export function Inspector({ selected, onDelete, onDuplicate, flowTest }: InspectorProps) {
  const { tree } = useEditor();
  const step = everyStep([...tree.steps, ...tree.onError]).find(({ id }) => id === selected);
  const [panels] = useState(newIdentities);
  // It takes the focus of a click beside its fields: with the focus on the page the clipboard would mean the selected step.
  return (
    <aside className="inspector" aria-label="Inspector" data-open={selected !== undefined} tabIndex={-1}>
      {step && <StepPanel key={panels.idOf(step.id)} {...{ step, onDelete, onDuplicate }} onRename={(id) => panels.rename(step.id, id)} />}
      {selected === 'trigger' && <TriggerPanel />}
      {!step && selected !== 'trigger' && <FlowPanel test={flowTest} />}
    </aside>
  );
}

interface HeadProps {
  readonly title: string;
  readonly code: string;
  readonly children: React.ReactNode;
}

function Head({ title, code, children }: HeadProps) {
  const { select } = useEditor();
  return (
    <header className="panel-head">
      {children}
      <div>
        <h2>{title}</h2>
        <code className="dim">{code}</code>
      </div>
      <IconButton label="Close" onClick={() => select(undefined)}>
        <X size={16} aria-hidden />
      </IconButton>
    </header>
  );
}

interface StepPanelProps extends Pick<InspectorProps, 'onDelete' | 'onDuplicate'> {
  readonly step: FlowStep;
  readonly onRename: (id: string) => void;
}

function StepPanel({ step, onDelete, onDuplicate, onRename }: StepPanelProps) {
  const { problems, tree } = useEditor();
  const place = placeOf(tree, step.id);
  const pointer = place && `${place.list}/${place.at}`;
  const own = problems.filter(({ path }) => pointer !== undefined && (path === pointer || path.startsWith(`${pointer}/`)));
  return (
    <>
      <StepHead step={step} onRename={onRename} />
      <div className="panel-body" tabIndex={0} role="region" aria-label={stepTitle(step)}>
        <StepForm step={step} />
        {own.length > 0 && <ProblemList problems={own} />}
        <div className="actions">
          <Button onClick={() => onDuplicate(step.id)}>Duplicate</Button>
          <Button onClick={() => onDelete(step.id)}>Delete the step</Button>
        </div>
      </div>
      <TestFoot step={step} />
    </>
  );
}

function TriggerPanel() {
  const { tree, loaded, problems } = useEditor();
  const own = problems.filter(({ path }) => isOfTrigger(path));
  return (
    <>
      <Head title={triggerTitle(tree)} code={String(tree.trigger['type'])}>
        <TriggerTile type={String(tree.trigger['type'])} />
      </Head>
      <div className="panel-body" tabIndex={0} role="region" aria-label="Trigger">
        <TriggerForm />
        {own.length > 0 && <ProblemList problems={own} />}
        <h3>What it gives</h3>
        {loaded.trigger === undefined ? (
          <p className="dim">No event is loaded.</p>
        ) : (
          <DataTree value={loaded.trigger} label="What the trigger gives" />
        )}
      </div>
    </>
  );
}

function FlowPanel({ test }: { readonly test: StepTest }) {
  return (
    <>
      <FlowSettings />
      <FlowTestFoot test={test} />
    </>
  );
}

function FlowSettings() {
  const { tree, flowId, problems, edit, select } = useEditor();
  const rename = (name: string): void => void edit((text) => setProperty(text, { pointer: '/name', value: name }), '/name');
  const annotate = (note: string): void => void edit(settingEdit({ pointer: '/note' }, note === '' ? undefined : note), '/note');
  return (
    <div className="panel-body" tabIndex={0} role="region" aria-label="The flow">
      <header className="flow-head">
        <h2>The flow</h2>
        <IconButton label="Close" onClick={() => select(undefined)}>
          <X size={16} aria-hidden />
        </IconButton>
      </header>
      <div className="form">
        <PlainInput label="Name" pointer="/name" value={tree.name ?? ''} onChange={rename} />
        <PlainInput label="Note" pointer="/note" value={tree.note ?? ''} onChange={annotate} />
      </div>
      <Facts>
        <Fact label="Id">
          <code>{flowId}</code>
        </Fact>
        <Fact label="Starts">{triggerWords(tree.trigger, flowId)}</Fact>
      </Facts>
      <ProblemList problems={problems} />
      <DiscardDraft />
    </div>
  );
}
