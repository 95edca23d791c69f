import type { ComponentView } from '../api/wire.js';
import { isAddress, type Wanted } from '../connect/recipes.js';
import { objectOf, textOf, type FlowStep } from '../flow/structure.js';
import { useEditor } from './context.js';
import { FieldWay } from './field-way.js';
import { Select } from './plain-inputs.js';
import { useSetting } from './use-setting.js';

interface CredentialFieldProps {
  readonly label: string;
  readonly pointer: string;
  readonly value: string;
  /** What it is called when there is none. */
  readonly none: string;
  /** What a new one is for; those that are there are chosen from by the same. */
  readonly wanted: Wanted;
  readonly onChange: (name: string) => void;
}

/** One of the credentials that will do, or a new one. */
function CredentialField({ label, pointer, value, none, wanted, onChange }: CredentialFieldProps) {
  const { credentials, makeCredential } = useEditor();
  const fitting = credentials
    .filter(({ type }) => wanted.types?.includes(type) ?? true)
    .filter((one) => !wanted.incoming || !isAddress(one));
  const options = [['', none] as const, ...fitting.map(({ name }) => [name, name] as const)];
  return (
    <div className="mapped">
      <Select {...{ label, pointer, value, options, onChange }} />
      <FieldWay onClick={() => makeCredential({ wanted, onMade: onChange })}>new credential</FieldWay>
    </div>
  );
}

/** What the component of a step takes; nullish where it takes none. */
export function acceptedBy({ json }: FlowStep, components: readonly ComponentView[]): ComponentView['credential'] | undefined {
  return components.find(({ name }) => name === json['use'])?.credential;
}

/** What proves to the other side who sends; nothing where the component takes none. */
export function StepCredential({ step }: { readonly step: FlowStep }) {
  const { components } = useEditor();
  const set = useSetting(step);
  const accepted = acceptedBy(step, components);
  const value = textOf(step.json['credential']) ?? '';
  if (!accepted && value === '') return null;
  return (
    <CredentialField
      label={accepted?.required ? 'Credential needed' : 'Credential'}
      pointer="/credential"
      value={value}
      none="None"
      wanted={{ types: accepted?.types ?? [], recipes: accepted?.recipes ?? [] }}
      onChange={(name) => set('/credential', name === '' ? undefined : name)}
    />
  );
}

/** What proves who lets a waiting step go on; nothing where it waits for a time. */
export function WaitCredential({ step }: { readonly step: FlowStep }) {
  const set = useSetting(step);
  const { webhook } = objectOf(step.json['wait']);
  if (webhook === undefined) return null;
  const { ask, credential } = objectOf(webhook);
  return (
    <CredentialField
      label="Credential"
      pointer="/wait/webhook/credential"
      value={textOf(credential) ?? ''}
      none={ask === undefined ? 'None: anybody who knows the URL may send' : 'None: anybody who has the link may answer'}
      wanted={{ incoming: true, recipes: [], ...(ask !== undefined && { types: BY_BROWSERS }) }}
      onChange={(name) => set('/wait/webhook/credential', name === '' ? undefined : name)}
    />
  );
}

/** A browser asks for a name and a password by itself, and for nothing else. */
const BY_BROWSERS = ['basic'];

/** What proves who sends to the flow. */
export function TriggerCredential({ onChange }: { readonly onChange: (name: string) => void }) {
  const { tree } = useEditor();
  return (
    <CredentialField
      label="Credential"
      pointer="/trigger/credential"
      value={textOf(tree.trigger['credential']) ?? ''}
      none="None: anybody who knows the URL may send"
      wanted={{ incoming: true, recipes: [] }}
      onChange={onChange}
    />
  );
}
