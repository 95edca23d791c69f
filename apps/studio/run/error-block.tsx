import type { Json } from '@millrace/component-sdk';
import type { RunView, StepView } from '../api/wire.js';
import { clock, count, duration } from '../format/format.js';
import { DataTree } from '../ui/data-tree.js';
import { Sentence } from '../ui/sentence.js';
import { errorTitle, unsafeWords } from './error-words.js';
import { useNow } from '../ui/use-now.js';

type StepFailure = NonNullable<RunView['error']>;

const BLAME: Readonly<Record<string, string>> = {
  author: 'The flow has to be changed.',
  remote: 'The other side has to answer differently; trying again later may help.',
  operator: 'Whoever runs this server has to act.',
};

/** Of an event nobody answers: who sends it has to send another one. */
function blameWords({ code, blame }: StepFailure): string | undefined {
  if (code === 'trigger.schema') return 'Who sends the event has to send it differently, or the schema of the trigger has to allow it.';
  return blame && BLAME[blame];
}

/** A failure: the sentence, then what was sent and answered, then where in the code. */
export function ErrorBlock({ error, row }: { readonly error: StepFailure; readonly row: StepView | undefined }) {
  const { stack, ...details } = (error.details ?? {}) as Record<string, Json>;
  return (
    <section className="error-block" aria-label="What failed">
      <h3>
        {errorTitle(error)} <code className="dim">{error.code}</code>
      </h3>
      <p>
        <Sentence text={error.message} />
      </p>
      <p className="dim">{[row && attemptWords(row), statusWords(error), blameWords(error)].filter(Boolean).join(' ')}</p>
      {row?.passedOver && (
        <p className="amber">
          <Sentence text={row.passedOver.message} />
        </p>
      )}
      {error.unsafeToRepeat && <p className="dim">{unsafeWords(error)}</p>}
      {row?.retryAt && <RetryLine at={row.retryAt} />}
      {Object.keys(details).length > 0 && (
        <Disclosure title={'url' in details ? 'Request and response' : 'Details'} open>
          <DataTree value={readable(details)} label="Details" />
        </Disclosure>
      )}
      {typeof stack === 'string' && (
        <Disclosure title="Stack">
          <pre className="code-block">{stack}</pre>
        </Disclosure>
      )}
    </section>
  );
}

/** A body that is JSON is shown as what it says. */
function readable(details: Readonly<Record<string, Json>>): Json {
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [name, typeof value === 'string' ? parsed(value) : value]));
}

function parsed(text: string): Json {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** Where the code does not say it already. */
function statusWords({ code, status }: StepFailure): string | undefined {
  return status === undefined || code === `http.${status}` ? undefined : `Status ${status}.`;
}

function attemptWords({ attempts, finishedAt }: StepView): string {
  return finishedAt === null ? `${count(attempts, 'attempt')}.` : `${count(attempts, 'attempt')}, last at ${clock(finishedAt)}.`;
}

function RetryLine({ at }: { readonly at: string }) {
  const left = Date.parse(at) - useNow();
  return <p className="amber">{left > 0 ? `The next attempt is in ${duration(left)}, at ${clock(at)}.` : 'The next attempt is due.'}</p>;
}

function Disclosure({
  title,
  open = false,
  children,
}: {
  readonly title: string;
  readonly open?: boolean;
  readonly children: React.ReactNode;
}) {
  return (
    <details open={open}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}
