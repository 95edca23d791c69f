import { renameStep } from '@millrace/flow';
import { X } from 'lucide-react';
import { useState } from 'react';
import { textOf, type FlowStep } from '../flow/structure.js';
import { sentenceCase, stepTitle } from '../flow/words.js';
import { IconButton } from '../ui/controls.js';
import { Sentence } from '../ui/sentence.js';
import { StepTile } from '../ui/tile.js';
import { useEditor } from './context.js';
import { useSetting } from './use-setting.js';

interface StepHeadProps {
  readonly step: FlowStep;
  /** Called before the step is selected by its new id. */
  readonly onRename: (id: string) => void;
}

/** What a step is, and what it is called: both names are edited where they stand. */
export function StepHead({ step, onRename }: StepHeadProps) {
  const { select } = useEditor();
  return (
    <header className="panel-head">
      <StepTile step={step} />
      <div>
        <h2 className="visually-hidden">{stepTitle(step)}</h2>
        <NameInput step={step} />
        <div className="step-codes">
          <code className="dim">{textOf(step.json['use']) ?? step.kind}</code>
          <IdInput {...{ step, onRename }} />
        </div>
      </div>
      <IconButton label="Close" onClick={() => select(undefined)}>
        <X size={16} aria-hidden />
      </IconButton>
    </header>
  );
}

function NameInput({ step }: { readonly step: FlowStep }) {
  const set = useSetting(step);
  return (
    <input
      className="in-place step-name"
      aria-label="Name"
      title="Name the step"
      data-pointer="/name"
      placeholder={sentenceCase(step.id)}
      value={textOf(step.json['name']) ?? ''}
      onChange={({ target: { value } }) => set('/name', value === '' ? undefined : value)}
    />
  );
}

/** Renamed when it is left, so that what reads the step follows once and not with every letter. */
function IdInput({ step, onRename }: StepHeadProps) {
  const { edit, select } = useEditor();
  const [id, setId] = useState(step.id);
  const [problem, setProblem] = useState<string>();
  const rename = (): void => {
    if (id === step.id) return setProblem(undefined);
    const result = edit((text) => renameStep(text, { step: step.id, id }));
    if (!result.ok) return setProblem(result.problem.message);
    setProblem(undefined);
    onRename(id);
    select(id);
  };
  return (
    <>
      <label className="dim">
        Id{' '}
        <input
          className="in-place mono"
          data-pointer="/id"
          value={id}
          aria-invalid={problem !== undefined}
          onChange={(event) => setId(event.target.value)}
          onBlur={rename}
          onKeyDown={(event) => event.key === 'Enter' && rename()}
        />
      </label>
      {problem !== undefined && (
        <p className="bad" role="alert">
          <Sentence text={problem} />
        </p>
      )}
    </>
  );
}
