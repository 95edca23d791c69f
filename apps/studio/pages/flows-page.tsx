import { Link } from 'wouter';
import { useActivity, useArchivedFlows, useDrafts, useFlows } from '../api/queries.js';
import type { DraftItem, FlowActivityView, FlowItem } from '../api/wire.js';
import { newDrafts } from '../flow/drafts.js';
import { ago, count } from '../format/format.js';
import { scheduleWords, type ScheduleParts } from '../format/schedule.js';
import { NewFlow } from '../editor/new-flow.js';
import { Header } from '../shell/shell.js';
import { Segmented } from '../ui/controls.js';
import { Glyph, statusWords } from '../ui/glyph.js';
import { HeadRow } from '../ui/head-row.js';
import { Empty, Loaded } from '../ui/states.js';
import { useUrlState } from '../ui/url-state.js';
import { useNow } from '../ui/use-now.js';
import { HourStrip } from './hour-strip.js';

export function FlowsPage() {
  const archived = useUrlState().get('archived') === 'true';
  return (
    <>
      <Header trail={[{ label: 'Flows' }]} actions={<NewFlow />}>
        <Segmented label="Which flows" choices={CHOICES} value={archived ? 'true' : undefined} />
      </Header>
      {archived ? <Archived /> : <Present />}
    </>
  );
}

const CHOICES = [
  { value: undefined, label: 'Current', href: '/flows' },
  { value: 'true', label: 'Archived', href: '/flows?archived=true' },
];

/** What was taken out of service; a roll back brings it back. */
function Archived() {
  return (
    <Loaded query={useArchivedFlows()} what="the archived flows">
      {({ items }) =>
        items.length === 0 ? (
          <Empty title="No flow is archived">
            <p>A flow that is archived, or whose file is deleted, is listed here. A roll back to one of its versions brings it back.</p>
          </Empty>
        ) : (
          <FlowTable items={items} drafts={NONE} activity={NONE} />
        )
      }
    </Loaded>
  );
}

const NONE: readonly never[] = [];

function Present() {
  const flows = useFlows();
  const drafts = useDrafts().data?.items ?? NONE;
  const { data: activity } = useActivity();
  return (
    <Loaded query={flows} what="the flows">
      {({ items }) =>
        items.length + drafts.length === 0 ? (
          <Empty title="No flows yet">
            <p>Draw one with New flow, or save a JSON file in the flows folder: it is live a moment later.</p>
          </Empty>
        ) : (
          <FlowTable items={items} drafts={drafts} activity={activity?.flows ?? NONE} />
        )
      }
    </Loaded>
  );
}

interface FlowTableProps {
  readonly items: readonly FlowItem[];
  readonly drafts: readonly DraftItem[];
  readonly activity: readonly FlowActivityView[];
}

function FlowTable({ items, drafts, activity }: FlowTableProps) {
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Flows">
      <table className="table">
        <HeadRow names={['Flow', 'Trigger', 'Last 24 hours', 'Succeeded', 'Last run', 'State']} />
        <tbody>
          {newDrafts(drafts, items).map((draft) => (
            <DraftRow key={draft.flowId} draft={draft} />
          ))}
          {items.map((flow) => (
            <FlowRow
              key={flow.id}
              flow={flow}
              hasDraft={drafts.some(({ flowId }) => flowId === flow.id)}
              activity={activity.find(({ flowId }) => flowId === flow.id)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A draft whose flow is not there. */
function DraftRow({ draft: { flowId, name, updatedAt, base } }: { readonly draft: DraftItem }) {
  const now = useNow();
  return (
    <tr>
      <td>
        <span className="with-glyph wrapping">
          <Glyph status="draft" quiet />
          <Link className="row-link name nowrap" href={`/flows/${flowId}/edit`} title={name ?? flowId}>
            {name ?? flowId}
          </Link>
        </span>
      </td>
      <td className="dim" colSpan={4}>
        {base.version > 0 ? 'Its flow is archived.' : 'Never published.'} Edited {ago(updatedAt, now)}.
      </td>
      <td className="tight">Draft</td>
    </tr>
  );
}

interface FlowRowProps {
  readonly flow: FlowItem;
  readonly hasDraft: boolean;
  readonly activity: FlowActivityView | undefined;
}

function FlowRow({ flow, hasDraft, activity }: FlowRowProps) {
  const errors = flow.problems.filter(({ severity }) => severity === 'error').length;
  return (
    <tr>
      <td>
        <span className="with-glyph wrapping">
          <Glyph status={flow.state} quiet />
          <Link className="row-link name nowrap" href={`/flows/${flow.id}`} title={flow.name ?? flow.id}>
            {flow.name ?? flow.id}
          </Link>
        </span>
      </td>
      <td className="dim tight">{flow.trigger ? <TriggerText trigger={flow.trigger} /> : '—'}</td>
      <td>{activity ? <HourStrip hours={activity.hours} label={flow.name ?? flow.id} /> : <span className="dim">No runs</span>}</td>
      <td className="dim">{activity && activity.runs > 0 ? successRate(activity) : ''}</td>
      <td>
        <LastRun activity={activity} />
      </td>
      <td className="tight">
        {flow.state === 'live' ? `Live v${flow.version}` : statusWords(flow.state)}
        {errors > 0 && <span className="bad"> · {count(errors, 'problem')}</span>}
        {hasDraft && (
          <>
            {' · '}
            <Link className="link" href={`/flows/${flow.id}/edit`}>
              draft
            </Link>
          </>
        )}
      </td>
    </tr>
  );
}

function LastRun({ activity }: { readonly activity: FlowActivityView | undefined }) {
  const now = useNow();
  if (!activity?.lastRun) return null;
  return (
    <Link className="with-glyph" href={`/runs/${activity.lastRun.id}`}>
      <Glyph status={activity.lastRun.status} />
      <span className="dim">{ago(activity.lastRun.at, now)}</span>
    </Link>
  );
}

/** What starts a flow, in a few words. */
function TriggerText({ trigger: { methods, url, listensTo, schedule, timezone } }: { readonly trigger: NonNullable<FlowItem['trigger']> }) {
  if (url !== null) {
    return (
      <code>
        {methods.join(', ')} {new URL(url).pathname}
      </code>
    );
  }
  if (listensTo !== null) return <code>When {listensTo}</code>;
  return schedule === null ? 'When another flow calls it' : scheduleWords(partsOf(schedule, timezone));
}

/** The API names a cron line and an interval alike; an interval has neither spaces nor an @. */
function partsOf(schedule: string, timezone: string | null): ScheduleParts {
  return /\s|^@/.test(schedule) ? { cron: schedule, timezone: timezone ?? undefined } : { every: schedule };
}

/** Never 100 % while one has failed. */
function successRate({ runs, failed }: FlowActivityView): string {
  const share = ((runs - failed) / runs) * 100;
  return `${failed > 0 ? Math.min(99.9, share).toFixed(share > 99 ? 1 : 0) : 100} %`;
}
