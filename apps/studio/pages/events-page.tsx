import { Link } from 'wouter';
import { useEvents, useRefusals } from '../api/queries.js';
import { BulkBar } from '../bulk/bulk-bar.js';
import { useSelection, type Selection } from '../bulk/selection.js';
import type { EventItem, RefusalView } from '../api/wire.js';
import { moment, size } from '../format/format.js';
import { Header } from '../shell/shell.js';
import { Segmented } from '../ui/controls.js';
import { Glyph } from '../ui/glyph.js';
import { Empty, Loaded } from '../ui/states.js';
import { useNow } from '../ui/use-now.js';
import { useUrlState } from '../ui/url-state.js';
import { VirtualRows } from '../ui/virtual-rows.js';
import { EventDetail } from './event-detail.js';
import { noRunWords, Proof, requestLine, requestWords } from './event-words.js';
import { FlowFilter, OutcomeFilter, SearchBox, sinceOf, TimeFilter } from './filters.js';
import { useFresh, type Fresh } from './fresh.js';
import { LoadMore, NewPill } from './list-parts.js';
import { RefusalDetail } from './refusal-detail.js';
import { SendLine } from './send-line.js';

interface EventsPageProps {
  readonly kind: 'accepted' | 'refused';
  /** What is shown beside the list. */
  readonly id?: string;
}

/** Did it arrive? Accepted and refused requests, and each in detail. */
export function EventsPage({ kind, id }: EventsPageProps) {
  const { get } = useUrlState();
  const shown = id === undefined && get('show') === 'refused' ? 'refused' : kind;
  return (
    <>
      <Header trail={[{ label: 'Events' }]}>
        <KindTabs kind={shown} />
      </Header>
      <div className="filters">
        <FlowFilter />
        <TimeFilter />
        {shown === 'accepted' && <OutcomeFilter />}
        <SearchBox label={shown === 'accepted' ? 'Search bodies, headers, ids' : 'Search reasons, statuses, requests'} />
      </div>
      <div className="events" data-detail={id !== undefined}>
        <div className="events-list">{shown === 'accepted' ? <Accepted current={id} /> : <Refused current={id} />}</div>
        <div className="events-detail">
          {id === undefined ? <Nothing /> : kind === 'accepted' ? <EventDetail id={id} /> : <RefusalDetail id={id} />}
        </div>
      </div>
    </>
  );
}

function KindTabs({ kind }: { readonly kind: EventsPageProps['kind'] }) {
  const choices = [
    { value: 'accepted', label: 'Accepted', href: '/events' },
    { value: 'refused', label: 'Refused', href: '/events?show=refused' },
  ];
  return <Segmented label="Outcome" choices={choices} value={kind} />;
}

function Nothing() {
  return <Empty title="Choose a request to see what it held and what became of it." />;
}

function useFilters(kind: EventsPageProps['kind']) {
  const { get } = useUrlState();
  const since = sinceOf(get('time'), useNow());
  const query = { flow: get('flow'), q: get('q'), since, ...(kind === 'accepted' && { outcome: get('outcome') }) };
  return {
    query,
    key: JSON.stringify({ ...query, since: get('time') }),
    filtered: Object.values(query).some((value) => value !== undefined),
    searching: query.q !== undefined || query.outcome !== undefined,
  };
}

function Accepted({ current }: { readonly current: string | undefined }) {
  const filters = useFilters('accepted');
  const query = useEvents(filters.query);
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const fresh = useFresh(items, filters.key);
  const selection = useSelection(filters.key, fresh.shown);
  return (
    <Loaded query={query} what="the events">
      {() =>
        items.length === 0 ? (
          <Nowhere {...filters} query={query}>
            <NoEvents />
          </Nowhere>
        ) : (
          <>
            <BulkBar kinds={['replay']} selection={selection} filters={filters.query} />
            <List
              fresh={fresh}
              label="Accepted requests"
              current={current}
              stale={query.isPlaceholderData}
              select={{ selection, label: (event) => `${event.method} ${event.url} of ${event.receivedAt}` }}
              row={(event) => <EventCells event={event} />}
            >
              <LoadMore query={query} searching={filters.searching} />
            </List>
          </>
        )
      }
    </Loaded>
  );
}

interface NowhereProps {
  readonly query: Parameters<typeof LoadMore>[0]['query'];
  readonly filtered: boolean;
  readonly searching: boolean;
  /** Where there is nothing at all. */
  readonly children: React.ReactNode;
}

/** Nothing so far is not nothing: while it is still looked for, that is what it says. */
function Nowhere({ query, filtered, searching, children }: NowhereProps) {
  if (!filtered) return <>{children}</>;
  return (
    <>
      <Empty
        title={query.hasNextPage ? 'Nothing like this so far.' : 'Nothing that is kept is like this. Take a filter away to see more.'}
      />
      <LoadMore query={query} searching={searching} />
    </>
  );
}

function NoEvents() {
  return (
    <Empty title="No events yet">
      <p>An event is one request that was accepted, kept with its exact bytes.</p>
      <SendLine />
    </Empty>
  );
}

function Refused({ current }: { readonly current: string | undefined }) {
  const filters = useFilters('refused');
  const query = useRefusals(filters.query);
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const fresh = useFresh(items, filters.key);
  return (
    <Loaded query={query} what="the refused requests">
      {() =>
        items.length === 0 ? (
          <Nowhere {...filters} query={query}>
            <Empty title="No request was refused. What is turned away is kept here with the reason." />
          </Nowhere>
        ) : (
          <List
            fresh={fresh}
            label="Refused requests"
            current={current}
            stale={query.isPlaceholderData}
            row={(refusal) => <RefusalCells refusal={refusal} />}
          >
            <LoadMore query={query} searching={filters.searching} />
          </List>
        )
      }
    </Loaded>
  );
}

interface ListProps<T> {
  readonly fresh: Fresh<T>;
  readonly label: string;
  readonly current: string | undefined;
  readonly stale: boolean;
  readonly select?: { readonly selection: Selection; readonly label: (item: T) => string };
  readonly row: (item: T) => React.ReactNode;
  readonly children: React.ReactNode;
}

function List<T extends { readonly id: string }>({ fresh, label, current, stale, select, row, children }: ListProps<T>) {
  return (
    <>
      <NewPill fresh={fresh} />
      <VirtualRows
        label={label}
        className="event-list"
        items={fresh.shown}
        rowHeight={52}
        head={['Request', 'Came']}
        keyOf={({ id }) => id}
        current={({ id }) => id === current}
        stale={stale}
        select={select}
        row={row}
      >
        {children}
      </VirtualRows>
    </>
  );
}

function EventCells({ event }: { readonly event: EventItem }) {
  const now = useNow();
  const { href } = useUrlState();
  return (
    <>
      <span role="cell" className="two-lines">
        <span className="with-glyph">
          <Proof verified={event.verified} origin={event.origin} />
          <Link className="row-link nowrap" href={`/events/${event.id}${searchPart(href({ tab: undefined }))}`}>
            {event.name === null ? <RequestLine event={event} /> : <b>{event.name}</b>}
          </Link>
        </span>
        <span className="dim nowrap event-facts">
          <RunGlyphs runs={event.runs} /> {noRunWords(event)} {factWords(event)}
        </span>
      </span>
      <time role="cell" dateTime={event.receivedAt} title={event.receivedAt} className="dim right">
        {moment(event.receivedAt, now)}
      </time>
    </>
  );
}

function RequestLine({ event }: { readonly event: EventItem }) {
  return (
    <>
      <b>{event.method}</b> {requestWords(event)}
    </>
  );
}

/** The request behind an event that has a name; of others what kind of body it is, too. */
function factWords(event: EventItem): string {
  if (event.name === null) return `${size(event.size)} · ${event.contentType ?? 'no type'}`;
  return `${requestLine(event)} · ${size(event.size)}`;
}

/** The runs of an event by their states, each with its word. */
function RunGlyphs({ runs }: { readonly runs: EventItem['runs'] }) {
  return runs.map(({ id, status }) => <Glyph key={id} status={status} />);
}

function RefusalCells({ refusal }: { readonly refusal: RefusalView }) {
  const now = useNow();
  const { href } = useUrlState();
  return (
    <>
      <span role="cell" className="two-lines">
        <span className="with-glyph">
          <Glyph status="failed" />
          <Link className="row-link nowrap" href={`/refusals/${refusal.id}${searchPart(href({ show: undefined }))}`}>
            <b>{refusal.status}</b> {refusal.method} {refusal.url}
          </Link>
        </span>
        <span className="dim nowrap">{refusal.reason}</span>
      </span>
      <time role="cell" dateTime={refusal.at} title={refusal.at} className="dim right">
        {moment(refusal.at, now)}
      </time>
    </>
  );
}

/** The filters stay when one request is opened. */
function searchPart(href: string): string {
  const at = href.indexOf('?');
  return at < 0 ? '' : href.slice(at);
}
