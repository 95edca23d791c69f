import { Link } from 'wouter';
import { useFlows, useRefusal } from '../api/queries.js';
import type { RefusalView } from '../api/wire.js';
import { moment } from '../format/format.js';
import { Fact, Facts } from '../ui/controls.js';
import { Sentence } from '../ui/sentence.js';
import { Loaded } from '../ui/states.js';
import { useNow } from '../ui/use-now.js';
import { Headers } from './event-detail.js';

export function RefusalDetail({ id }: { readonly id: string }) {
  return (
    <Loaded query={useRefusal(id)} what="the refused request">
      {(refusal) => <Detail refusal={refusal} />}
    </Loaded>
  );
}

function Detail({ refusal }: { readonly refusal: RefusalView }) {
  const now = useNow();
  return (
    <article className="detail">
      <header>
        <h2>
          {refusal.method} <code>{refusal.url}</code>
        </h2>
        <p className="dim">{moment(refusal.at, now)}</p>
      </header>
      <section className="error-block" aria-label="Why it was refused">
        <h3>
          Answered {refusal.status} · {refusal.code}
        </h3>
        <p>
          <Sentence text={refusal.reason} />
        </p>
        <p className="dim">The caller may have been told less.</p>
      </section>
      <Facts>
        <Fact label="Flow">
          <FlowName id={refusal.flowId} />
        </Fact>
        <Fact label="From">{refusal.caller ?? 'not known'}</Fact>
      </Facts>
      <h3>Headers</h3>
      <Headers headers={refusal.headers} />
    </article>
  );
}

/** A caller may have made the name up. */
function FlowName({ id }: { readonly id: string }) {
  const { data } = useFlows();
  if (!data?.items.some((flow) => flow.id === id)) return <code>{id}</code>;
  return (
    <Link className="link" href={`/flows/${id}`}>
      {id}
    </Link>
  );
}
