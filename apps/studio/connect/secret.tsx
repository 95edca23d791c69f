import { useState, type SubmitEvent } from 'react';
import { moment } from '../format/format.js';
import { Button, CopyField } from '../ui/controls.js';
import { Failure } from '../ui/states.js';
import { useNow } from '../ui/use-now.js';
import { useGiveSecret } from './queries.js';
import { isAddress } from './recipes.js';

/** A secret that was made a moment ago and that no page will ever show again. */
export function ShownOnce({ secret, warnings = [] }: { readonly secret: string; readonly warnings?: readonly string[] }) {
  return (
    <section className="shown-once" aria-label="The new secret" role="status">
      <h3>The new secret</h3>
      <CopyField label="Copy the secret" text={secret} />
      <p className="amber">It is shown this once. Give it to the sender now; nobody can read it out again.</p>
      {warnings.map((warning) => (
        <p key={warning} className="amber">
          {warning}
        </p>
      ))}
    </section>
  );
}

interface ChangeSecretProps {
  /** `endpoints/<name>` or `credentials/<name>`. */
  readonly of: string;
  readonly definition: unknown;
}

const KEEP = [
  ['24h', 'Let the old one count for a day'],
  ['7d', 'Let the old one count for a week'],
  ['', 'End the old one at once'],
] as const;

/** Makes a new secret, or takes one that the other side made. */
export function ChangeSecret({ of, definition }: ChangeSecretProps) {
  // An address is only sent to: nobody comes with the old one.
  const holdsSeveral = !isAddress({ definition });
  const [keep, setKeep] = useState<string>(holdsSeveral ? KEEP[0][0] : '');
  const [own, setOwn] = useState('');
  const give = useGiveSecret(of);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    give.mutate({ ...(own !== '' && { secret: own }), ...(keep !== '' && { keepOldFor: keep }) }, { onSuccess: () => setOwn('') });
  };
  return (
    <form className="connect-form" onSubmit={submit} aria-label="Change the secret">
      <label>
        Secret of the other side
        <input
          className="input"
          type="password"
          autoComplete="off"
          placeholder="Leave empty to have one made here"
          value={own}
          onChange={(event) => setOwn(event.target.value)}
        />
      </label>
      {holdsSeveral && (
        <label>
          The old one
          <select className="input" value={keep} onChange={(event) => setKeep(event.target.value)}>
            {KEEP.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
      )}
      <Button type="submit" disabled={give.isPending}>
        {own === '' ? 'Make a new secret' : 'Take this secret'}
      </Button>
      {give.error && <Failure error={give.error} />}
      {give.data && <Given answer={give.data} />}
    </form>
  );
}

function Given({ answer: { secret, keepUntil, warnings } }: { readonly answer: NonNullable<ReturnType<typeof useGiveSecret>['data']> }) {
  const now = useNow();
  return (
    <>
      {secret === null ? <p role="status">The secret is changed.</p> : <ShownOnce secret={secret} warnings={warnings} />}
      <p className="dim">{keepUntil === null ? 'Older ones ended.' : `Older ones count until ${moment(keepUntil, now)}.`}</p>
    </>
  );
}
