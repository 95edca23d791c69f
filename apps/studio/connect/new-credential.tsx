import { useState, type SubmitEvent } from 'react';
import { useCredentials } from '../api/queries.js';
import { Button } from '../ui/controls.js';
import { Modal, ModalTitle } from '../ui/modal.js';
import { Failure } from '../ui/states.js';
import { useMakeCredential, useSchemes } from './queries.js';
import {
  definitionOf,
  mayGenerate,
  offeredRecipes,
  suggestedAnswers,
  suggestedName,
  type Offered,
  type Recipe,
  type Wanted,
} from './recipes.js';
import { ShownOnce } from './secret.js';

/** A credential that is to be made. */
export interface CredentialWish {
  readonly wanted: Wanted;
  /** Once it is there. */
  readonly onMade: (name: string) => void;
}

interface NewCredentialProps {
  /** Undefined: nothing is to be made. */
  readonly wish: CredentialWish | undefined;
  readonly onClose: () => void;
}

/** Asks what proves who sends, and seals it. The secret goes to the server and comes back to no page. */
export function NewCredential({ wish, onClose }: NewCredentialProps) {
  return (
    <Modal open={wish !== undefined} onClose={onClose} className="connect-dialog">
      <ModalTitle>New credential</ModalTitle>
      {wish && <Making {...wish} onClose={onClose} />}
    </Modal>
  );
}

function Making({ wanted, onMade, onClose }: CredentialWish & { readonly onClose: () => void }) {
  const make = useMakeCredential();
  const made = make.data;
  if (made?.secret) {
    return (
      <div className="connect-form">
        <ShownOnce secret={made.secret} warnings={made.warnings} />
        <Button look="ink" onClick={() => (onClose(), onMade(made.name))}>
          Done
        </Button>
      </div>
    );
  }
  const submit = (name: string, definition: object, generate: boolean): void =>
    make.mutate({ name, definition, generate }, { onSuccess: ({ secret }) => secret === null && (onClose(), onMade(name)) });
  return <Form offered={offeredRecipes(wanted)} make={make} onSubmit={submit} onCancel={onClose} />;
}

interface Draft {
  readonly recipe: Recipe;
  readonly answers: Readonly<Record<string, string>>;
  readonly secret: string;
  /** Undefined for as long as it follows from the rest. */
  readonly name: string | undefined;
}

interface FormProps {
  readonly offered: Offered;
  readonly make: Pick<ReturnType<typeof useMakeCredential>, 'error' | 'isPending'>;
  readonly onSubmit: (name: string, definition: object, generate: boolean) => void;
  readonly onCancel: () => void;
}

function draftOf(recipe: Recipe): Draft {
  return { recipe, answers: suggestedAnswers(recipe), secret: '', name: undefined };
}

function Form({ offered, make, onSubmit, onCancel }: FormProps) {
  const [draft, setDraft] = useState(() => draftOf([...offered.own, ...offered.general][0]!));
  const { recipe, answers, secret } = draft;
  const taken = useCredentials().data?.items.map(({ name }) => name) ?? [];
  const name = draft.name ?? suggestedName(recipe, answers, taken);
  const generates = mayGenerate(offered, recipe);
  const isWhole = name !== '' && (secret !== '' || generates) && Object.values(answers).every((answer) => answer.trim() !== '');
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    onSubmit(name, definitionOf(recipe, answers, secret), secret === '');
  };
  return (
    <form className="connect-form" onSubmit={submit} aria-label="New credential">
      <RecipeSelect offered={offered} value={recipe} onChange={(next) => setDraft(draftOf(next))} />
      {recipe.help !== null && <p className="dim">{recipe.help}</p>}
      {Object.keys(answers).map((key) => (
        <Answer
          key={key}
          member={key}
          label={recipe.asks[key] ?? key}
          value={answers[key] ?? ''}
          onChange={(value) => setDraft({ ...draft, answers: { ...answers, [key]: value } })}
        />
      ))}
      <label>
        {recipe.asks['secret']}
        <input
          className="input"
          type="password"
          autoComplete="off"
          placeholder={generates ? 'Leave empty to have one made here' : undefined}
          value={secret}
          onChange={(event) => setDraft({ ...draft, secret: event.target.value })}
        />
      </label>
      <label>
        Name, as flows call it
        <input
          className="input"
          required
          pattern="[A-Za-z0-9][A-Za-z0-9._\-]*"
          maxLength={80}
          value={name}
          onChange={(event) => setDraft({ ...draft, name: event.target.value.trim() })}
        />
      </label>
      <p className="dim">The secret is encrypted in the database. No page and no answer shows it again.</p>
      <div className="form-foot">
        <Button look="ink" type="submit" disabled={make.isPending || !isWhole}>
          {secret === '' && generates ? 'Make it, with a new secret' : 'Make the credential'}
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
      {make.error && <Failure error={make.error} />}
    </form>
  );
}

interface RecipeSelectProps {
  readonly offered: Offered;
  readonly value: Recipe;
  readonly onChange: (recipe: Recipe) => void;
}

function RecipeSelect({ offered: { own, general }, value, onChange }: RecipeSelectProps) {
  const all = [...own, ...general];
  const options = (recipes: readonly Recipe[]) => recipes.map(({ title }) => <option key={title}>{title}</option>);
  return (
    <label>
      What it is
      <select
        className="input"
        autoFocus
        value={value.title}
        onChange={({ target }) => onChange(all.find(({ title }) => title === target.value) ?? value)}
      >
        {options(own)}
        {own.length > 0 && general.length > 0 ? <optgroup label="Of any vendor">{options(general)}</optgroup> : options(general)}
      </select>
    </label>
  );
}

interface AnswerProps {
  /** The member of the definition that it becomes. */
  readonly member: string;
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Answer({ member, label, value, onChange }: AnswerProps) {
  if (member === 'scheme') return <SchemeSelect {...{ label, value, onChange }} />;
  return (
    <label>
      {label}
      <input className="input" required value={value} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}

/** How it signs: one of the vendors that are known. */
function SchemeSelect({ label, value, onChange }: Omit<AnswerProps, 'member'>) {
  const schemes = useSchemes().data?.items ?? [];
  const chosen = schemes.find(({ name }) => name === value);
  return (
    <>
      <label>
        {label}
        <select className="input" value={value} onChange={(event) => onChange(event.target.value)}>
          {chosen === undefined && <option>{value}</option>}
          {schemes.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      {chosen?.signature !== undefined && <p className="dim">It signs in {chosen.signature}.</p>}
    </>
  );
}
