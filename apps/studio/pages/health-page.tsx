import { Link } from 'wouter';
import { useActivity, useCauses, useFlows, useStatus } from '../api/queries.js';
import type { ActivityView, CausesView, FlowItem, StatusView } from '../api/wire.js';
import { ago, count, duration, whole } from '../format/format.js';
import { Header } from '../shell/shell.js';
import { Glyph } from '../ui/glyph.js';
import { Sentence } from '../ui/sentence.js';
import { HeadRow } from '../ui/head-row.js';
import { Loaded } from '../ui/states.js';
import { useNow } from '../ui/use-now.js';
import { attentionOf, type Attention } from './attention.js';
import { healthNumbers } from './health-numbers.js';
import { waitingRuns } from '../run/waiting-runs.js';
import { DeadLetters } from './dead-letters.js';
import { HourStrip } from './hour-strip.js';
import { Sparkline } from './sparkline.js';

export function HealthPage() {
  const [activity, flows, status] = [useActivity(), useFlows(), useStatus()];
  return (
    <>
      <Header trail={[{ label: 'Health' }]} />
      <Loaded query={activity} what="the activity">
        {(lately) => (
          <Loaded query={flows} what="the flows">
            {({ items }) => <Health lately={lately} flows={items} status={status.data} />}
          </Loaded>
        )}
      </Loaded>
    </>
  );
}

interface HealthProps {
  readonly lately: ActivityView;
  readonly flows: readonly FlowItem[];
  readonly status: StatusView | undefined;
}

function Health({ lately, flows, status }: HealthProps) {
  const attention = attentionOf(flows, lately.flows);
  const causes = useCauses().data;
  return (
    <div className="page-body" tabIndex={0} role="region" aria-label="Health">
      <h2 className="health-sentence">{[flowsSentence(attention.length, flows.length), waitingSentence(causes)].join(' ')}</h2>
      {lately.questions > 0 && <Questions count={lately.questions} />}
      {attention.length > 0 && <AttentionTable rows={attention} />}
      {causes && <DeadLetters items={causes.items} names={new Map(flows.map(({ id, name }) => [id, name ?? id]))} />}
      {status && <Numbers lately={lately} status={status} />}
      <Throughput lately={lately} />
    </div>
  );
}

function flowsSentence(needy: number, all: number): string {
  if (all === 0) return 'There are no flows yet.';
  if (needy === 0) return all === 1 ? 'The flow is well.' : `All ${count(all, 'flow')} are well.`;
  return all === 1 ? 'The flow needs attention.' : `${needy} of ${count(all, 'flow')} ${needy === 1 ? 'needs' : 'need'} attention.`;
}

/** Flows that are well again may leave failed runs behind. */
function waitingSentence(causes: CausesView | undefined): string {
  const waiting = waitingRuns(causes);
  if (waiting === 0) return '';
  return `${count(waiting, 'failed run')}${causes?.more ? ' or more' : ''} ${waiting === 1 ? 'waits' : 'wait'} for you.`;
}

/** Each is on the page of its run, with the link to answer at. */
function Questions({ count: open }: { readonly count: number }) {
  return (
    <p>
      <Link className="link" href="/runs?status=waiting&waitsFor=answer">
        {count(open, 'question')} {open === 1 ? 'waits' : 'wait'} for an answer
      </Link>
    </p>
  );
}

function AttentionTable({ rows }: { readonly rows: readonly Attention[] }) {
  const now = useNow();
  return (
    <table className="table">
      <HeadRow names={['Flow', 'What', 'Since', 'Affected', 'Next']} />
      <tbody>
        {rows.map((row) => (
          <tr key={row.flowId}>
            <td>
              <span className="with-glyph wrapping">
                <Glyph status={row.glyph} quiet />
                <Link className="row-link name nowrap" href={`/flows/${row.flowId}`} title={row.name}>
                  {row.name}
                </Link>
              </span>
            </td>
            <td>
              <Sentence text={row.what} />
            </td>
            <td className="dim tight">{row.since === undefined ? '' : ago(row.since, now)}</td>
            <td className="tight">{row.affected === 0 ? '' : count(row.affected, 'event')}</td>
            <td className="tight">
              <Link className="link" href={row.action.href}>
                {row.action.words}
              </Link>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Numbers({ lately, status }: { readonly lately: ActivityView; readonly status: StatusView }) {
  const now = useNow();
  return (
    <ul className="numbers" aria-label="Six numbers">
      {healthNumbers(lately, status, now).map(({ label, value, note, href, trend }) => (
        <li key={label}>
          <Link href={href}>
            <span className="dim">{label}</span>
            <strong>{value}</strong>
            <span className="dim">{note}</span>
            {trend && <Sparkline trend={trend} />}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Throughput({ lately }: { readonly lately: ActivityView }) {
  const flows = lately.flows.filter(({ runs }) => runs > 0);
  if (flows.length === 0) return null;
  return (
    <section>
      <h3 className="section-title">By flow, 24 hours</h3>
      <table className="table">
        <HeadRow names={['Flow', 'Runs by the hour', 'Runs', 'Failed', 'Half within', '95 of 100 within']} />
        <tbody>
          {flows.map((flow) => (
            <tr key={flow.flowId}>
              <td>
                <Link className="row-link" href={`/flows/${flow.flowId}`}>
                  {flow.flowId}
                </Link>
              </td>
              <td>
                <HourStrip hours={flow.hours} label={flow.flowId} />
              </td>
              <td>{whole(flow.runs)}</td>
              <td className={flow.failed > 0 ? 'bad' : 'dim'}>{whole(flow.failed)}</td>
              <td className="dim">{flow.p50Ms === null ? '—' : duration(flow.p50Ms)}</td>
              <td className="dim">{flow.p95Ms === null ? '—' : duration(flow.p95Ms)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
