import { Link } from 'wouter';
import type { OperationView } from '../api/wire.js';
import { count, duration, shortId, whole } from '../format/format.js';
import { Button } from '../ui/controls.js';
import { Glyph, type GlyphStatus } from '../ui/glyph.js';
import { Loaded } from '../ui/states.js';
import { useUrlState } from '../ui/url-state.js';
import { DEEDS } from './deeds.js';
import { useCancelOperation, useOperation } from './queries.js';

/** How far an operation is, over the list of what it started. */
export function OperationStrip({ id }: { readonly id: string }) {
  return (
    <Loaded query={useOperation(id)} what="the operation">
      {(operation) => <Strip operation={operation} />}
    </Loaded>
  );
}

export const OPERATION_GLYPHS: Readonly<Record<OperationView['state'], GlyphStatus>> = {
  running: 'running',
  done: 'succeeded',
  cancelled: 'cancelled',
};

function Strip({ operation }: { readonly operation: OperationView }) {
  const { kind, state, total, done, failed, problems } = operation;
  const { href } = useUrlState();
  const { verb, thing } = DEEDS[kind];
  return (
    <section className="operation" aria-label="Operation">
      <div className="operation-line">
        <Glyph status={OPERATION_GLYPHS[state]} quiet />
        <strong>
          {verb} {count(total, thing)}
        </strong>
        <Progress operation={operation} />
        <span role="status">{words(operation)}</span>
        <span className="spacer" />
        {state === 'running' && <CancelButton id={operation.id} />}
        <Link className="button" data-look="quiet" href={href({ operation: undefined })}>
          All runs
        </Link>
      </div>
      {failed > 0 && (
        <details>
          <summary>
            {count(failed, thing)} could not be {DEEDS[kind].done}
          </summary>
          <ul className="operation-problems">
            {problems.map(({ id, message }) => (
              <li key={id}>
                <Link className="link mono" href={`/${kind === 'replay' ? 'events' : 'runs'}/${id}`}>
                  {shortId(id)}
                </Link>{' '}
                {message}
              </li>
            ))}
            {failed > problems.length && <li className="dim">And {count(failed - problems.length, 'more', 'more')}.</li>}
          </ul>
        </details>
      )}
      {done === 0 && state === 'running' && <p className="dim">It has been written down. A runner takes it up within a second.</p>}
    </section>
  );
}

function Progress({ operation: { total, done, failed } }: { readonly operation: OperationView }) {
  return <progress className="progress" aria-label="Progress" max={Math.max(1, total)} value={total === 0 ? 1 : done + failed} />;
}

/** `12 of 40 replayed, 1 could not be, about 2 s left`. */
function words({ kind, state, total, done, failed, perSecond }: OperationView): string {
  const said = [`${whole(done)} of ${whole(total)} ${DEEDS[kind].done}`];
  if (failed > 0) said.push(`${whole(failed)} could not be`);
  const left = total - done - failed;
  if (state === 'running') said.push(`${duration((Math.ceil(left / perSecond) || 1) * 1_000)} left at ${perSecond} a second`);
  if (state === 'cancelled') said.push(`cancelled with ${whole(left)} left`);
  return `${said.join(', ')}.`;
}

function CancelButton({ id }: { readonly id: string }) {
  const cancel = useCancelOperation(id);
  return (
    <>
      {cancel.error && (
        <span className="bad" role="alert">
          {cancel.error.message}
        </span>
      )}
      <Button disabled={cancel.isPending} title="What is done stays done." onClick={() => cancel.mutate()}>
        Leave the rest
      </Button>
    </>
  );
}
