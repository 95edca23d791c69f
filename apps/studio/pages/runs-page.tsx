import { Link } from 'wouter';
import { useFlows, useRuns, useStatus } from '../api/queries.js';
import { BulkBar } from '../bulk/bulk-bar.js';
import { OperationStrip } from '../bulk/operation-strip.js';
import { useSelection, type Selection } from '../bulk/selection.js';
import type { ListedRun } from '../api/wire.js';
import { moment, shortId } from '../format/format.js';
import { errorTitle } from '../run/error-words.js';
import { passedOverWords } from '../run/passed-over.js';
import { Took } from '../run/run-bar.js';
import { waitWords } from '../run/wait-words.js';
import { Header } from '../shell/shell.js';
import { Segmented } from '../ui/controls.js';
import { Glyph } from '../ui/glyph.js';
import { plainSentence, Sentence } from '../ui/sentence.js';
import { Empty, Loaded, Loading } from '../ui/states.js';
import { useMedia } from '../ui/use-media.js';
import { useNow } from '../ui/use-now.js';
import { useUrlState } from '../ui/url-state.js';
import { VirtualRows } from '../ui/virtual-rows.js';
import { triggerWords } from './event-words.js';
import { FlowFilter, SearchBox, sinceOf, TimeFilter, WaitsFilter } from './filters.js';
import { useFresh } from './fresh.js';
import { SendLine } from './send-line.js';
import { LoadMore, NewPill } from './list-parts.js';

const STATUSES: readonly (readonly [ListedRun['status'] | undefined, string])[] = [
  [undefined, 'All'],
  ['failed', 'Failed'],
  ['running', 'Running'],
  ['waiting', 'Waiting'],
  ['queued', 'Queued'],
  ['succeeded', 'Succeeded'],
  ['cancelled', 'Cancelled'],
  ['filtered', 'Filtered out'],
];

export function RunsPage({ flow }: { readonly flow?: string }) {
  const { get, href } = useUrlState();
  const status = get('status');
  const choices = STATUSES.map(([value, label]) => ({ value, label, href: href({ status: value, waitsFor: undefined }) }));
  return (
    <>
      <Header
        trail={
          flow === undefined
            ? [{ label: 'Runs' }]
            : [{ label: 'Flows', href: '/flows' }, { label: flow, href: `/flows/${flow}` }, { label: 'Runs' }]
        }
        actions={
          <Link className="button" data-look="quiet" href="/operations">
            Operations
          </Link>
        }
      />
      {get('operation') !== undefined && <OperationStrip id={get('operation')!} />}
      <div className="filters">
        <Segmented label="Status" choices={choices} value={status} />
        {status === 'waiting' && <WaitsFilter />}
        {flow === undefined && <FlowFilter />}
        <TimeFilter />
        <SearchBox label="Search ids and events" />
      </div>
      <RunList flow={flow ?? get('flow')} status={status} />
    </>
  );
}

/** Rounded, so that the list does not ask again each second. */
function useSince(): string | undefined {
  const { get } = useUrlState();
  return sinceOf(get('time'), useNow());
}

function RunList({ flow, status }: { readonly flow: string | undefined; readonly status: string | undefined }) {
  const { get } = useUrlState();
  const waitsFor = status === 'waiting' ? get('waitsFor') : undefined;
  const filters = { flow, status, waitsFor, q: get('q'), since: useSince(), operation: get('operation') };
  const query = useRuns(filters);
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const key = JSON.stringify({ ...filters, since: get('time') });
  const fresh = useFresh(items, key);
  const selection = useSelection(key, fresh.shown);
  const searching = filters.q !== undefined || waitsFor !== undefined || (status !== undefined && LOOKED_FOR.includes(status));
  return (
    <Loaded query={query} what="the runs">
      {() =>
        items.length === 0 ? (
          <>
            <NoRuns filtered={Object.values(filters).some((value) => value !== undefined)} more={query.hasNextPage} />
            {query.hasNextPage && <LoadMore query={query} searching={searching} />}
          </>
        ) : (
          <>
            <BulkBar
              kinds={status === 'failed' ? FOR_FAILED : FOR_ANY}
              selection={selection}
              filters={waitsFor === undefined ? orderFilters(filters) : undefined}
              seenTo={fresh.shown.filter(({ resolution }) => resolution !== null).map(({ id }) => id)}
            />
            <NewPill fresh={fresh} />
            <Rows items={fresh.shown} selection={selection} stale={query.isPlaceholderData}>
              <LoadMore query={query} searching={searching} />
            </Rows>
          </>
        )
      }
    </Loaded>
  );
}

const FOR_ANY = ['rerun', 'cancel'] as const;
/** First what repeats nothing: neither what was done before a run failed, nor a run that somebody has seen to. */
const FOR_FAILED = ['retry', 'rerun', 'discard'] as const;

/** States that no index names: they are looked for. */
const LOOKED_FOR: readonly string[] = ['succeeded', 'cancelled', 'filtered'];

/** What an order about all that match takes: an operation is no filter of an order. */
function orderFilters({
  operation: _,
  ...filters
}: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string | undefined>> {
  return filters;
}

interface RowsProps {
  readonly items: readonly ListedRun[];
  readonly selection: Selection;
  readonly stale: boolean;
  readonly children: React.ReactNode;
}

function Rows({ items, selection, stale, children }: RowsProps) {
  const flows = useFlows();
  const now = useNow();
  const small = useMedia('(max-width: 719px)');
  // Rows come with their flows' names, else these would change before the reader's eyes; with ids, when names cannot be had.
  if (flows.isPending && flows.failureCount === 0) return <Loading what="the names of the flows" />;
  const names = new Map(flows.data?.items.map(({ id, name }) => [id, name ?? id]));
  return (
    <VirtualRows
      label="Runs"
      className="run-list"
      items={items}
      rowHeight={small ? 52 : 36}
      head={['Flow', 'Run', 'Started by', 'What happened', 'Took', 'Came']}
      keyOf={({ id }) => id}
      stale={stale}
      select={{ selection, label: (run) => `${run.flowId} ${shortId(run.id)}` }}
      row={(run) => <Cells run={run} name={names.get(run.flowId) ?? run.flowId} now={now} small={small} />}
    >
      {children}
    </VirtualRows>
  );
}

interface CellsProps {
  readonly run: ListedRun;
  /** Of its flow. */
  readonly name: string;
  readonly now: number;
  readonly small: boolean;
}

function Cells({ run, name, now, small }: CellsProps) {
  return (
    <>
      <span role="cell" className="with-glyph">
        <Glyph status={run.status} />
        <Link className="row-link nowrap" href={`/runs/${run.id}`} title={name}>
          {name}
        </Link>
        {run.test && <span className="mark-word">Test</span>}
      </span>
      <code role="cell" className="dim">
        {shortId(run.id)}
      </code>
      <span role="cell" className="dim nowrap" title={triggerWords(run.trigger)}>
        {triggerWords(run.trigger)}
      </span>
      <span role="cell" className="nowrap">
        <What run={run} small={small} />
      </span>
      <span role="cell" className="dim nowrap">
        <Took run={run} />
      </span>
      <time role="cell" dateTime={run.createdAt} title={run.createdAt} className="dim right">
        {moment(run.createdAt, now)}
      </time>
    </>
  );
}

/** What became of failed runs that wait for nobody any more. */
const RESOLUTIONS = { rerun: 'Re-run', discarded: 'Discarded', caller: 'Left to its caller' } as const;

/** Where there is no room for what started a run, that stands in the place of nothing to tell. */
function What({ run, small }: Pick<CellsProps, 'run' | 'small'>) {
  const { error, status, trigger, resolution, waitsFor } = run;
  const passedOver = passedOverWords(run);
  if (waitsFor) return <Waits waits={waitsFor} />;
  if (error) {
    return (
      <span title={plainSentence(error.message)}>
        {resolution !== null && <span className="mark-word">{RESOLUTIONS[resolution]}</span>}{' '}
        {error.step !== undefined && <code>{error.step} </code>}
        <span className={status === 'failed' && resolution === null ? 'bad' : 'dim'}>{errorTitle(error)}</span>{' '}
        <span className="dim">
          <Sentence text={error.message} />
        </span>
      </span>
    );
  }
  if (status === 'filtered') return <span className="dim">The condition of the trigger did not hold</span>;
  if (passedOver !== undefined)
    return (
      <span className="amber" title="The run succeeded, for it went on from them. Its page shows where, and what passed over them.">
        {passedOver}
      </span>
    );
  return small ? <span className="dim">{triggerWords(trigger)}</span> : null;
}

function Waits({ waits }: { readonly waits: NonNullable<ListedRun['waitsFor']> }) {
  const now = useNow();
  const { step, until } = waits;
  return (
    <span className="dim" title={until === null ? undefined : `Until ${moment(until, now)} at the latest`}>
      {step !== null && <code>{step} </code>}
      {waitWords(waits)}
    </span>
  );
}

function NoRuns({ filtered, more }: { readonly filtered: boolean; readonly more: boolean }) {
  const { data } = useStatus();
  if (filtered && more) return <Empty title="No run like this so far." />;
  if (filtered) return <Empty title="No run is like this. Take a filter away to see more." />;
  return (
    <Empty title="No runs yet">
      <p>A run is one execution of a flow for one event. Send an event and it shows up here.</p>
      {data && <SendLine />}
    </Empty>
  );
}
