import { Link } from 'wouter';
import { useEvents, useRefusals } from '../api/queries.js';
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
import { FlowFilter, SearchBox, sinceOf, TimeFilter } from './filters.js';
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
        <SearchBox label={shown === 'accepted' ? 'Search bodies, headers and ids' : 'Search reasons, requests and ids'} />
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

function useFilters() {
  const { get } = useUrlState();
  const since = sinceOf(get('time'), useNow());
  const query = { flow: get('flow'), q: get('q'), since };
  return {
    query,
    key: JSON.stringify({ ...query, since: get('time') }),
    filtered: Object.values(query).some((value) => value !== undefined),
  };
}

function Accepted({ current }: { readonly current: string | undefined }) {
  const { query: filters, key, filtered } = useFilters();
  const query = useEvents(filters);
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const fresh = useFresh(items, key);
  return (
    <Loaded query={query} what="the events">
      {() =>
        items.length === 0 ? (
          <NoEvents filtered={filtered} />
        ) : (
          <List fresh={fresh} label="Accepted requests" current={current} row={(event) => <EventCells event={event} />}>
            <LoadMore query={query} />
          </List>
        )
      }
    </Loaded>
  );
}

function NoEvents({ filtered }: { readonly filtered: boolean }) {
  if (filtered) return <Empty title="No event is like this. Take a filter away to see more." />;
  return (
    <Empty title="No events yet">
      <p>An event is one request that was accepted, kept with its exact bytes.</p>
      <SendLine />
    </Empty>
  );
}

function Refused({ current }: { readonly current: string | undefined }) {
  const { query: filters, key, filtered } = useFilters();
  const query = useRefusals(filters);
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const fresh = useFresh(items, key);
  return (
    <Loaded query={query} what="the refused requests">
      {() =>
        items.length === 0 ? (
          <Empty
            title={
              filtered ? 'No refused request is like this.' : 'No request was refused. What is turned away is kept here with the reason.'
            }
          />
        ) : (
          <List fresh={fresh} label="Refused requests" current={current} row={(refusal) => <RefusalCells refusal={refusal} />}>
            <LoadMore query={query} />
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
  readonly row: (item: T) => React.ReactNode;
  readonly children: React.ReactNode;
}

function List<T extends { readonly id: string }>({ fresh, label, current, row, children }: ListProps<T>) {
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
        <Link className="row-link nowrap" href={`/events/${event.id}${searchPart(href({}))}`}>
          <b>{event.method}</b> {event.url}
        </Link>
        <span className="dim nowrap">
          {size(event.size)} · {event.contentType ?? 'no type'} {event.unmatched !== null && '· no run'}
        </span>
      </span>
      <time role="cell" dateTime={event.receivedAt} title={event.receivedAt} className="dim right">
        {moment(event.receivedAt, now)}
      </time>
    </>
  );
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
