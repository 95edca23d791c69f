import { useEffect, useState } from 'react';
import { useEvents } from '../api/queries.js';
import type { EventItem } from '../api/wire.js';
import { moment, shortId, size } from '../format/format.js';
import { LoadMore } from '../pages/list-parts.js';
import { Button } from '../ui/controls.js';
import { ListSearch } from '../ui/list-search.js';
import { Modal, ModalTitle } from '../ui/modal.js';
import { useNow } from '../ui/use-now.js';
import { SampleForm, SendSample } from './event-samples.js';
import type { LoadedEvent } from './queries.js';

interface EventDialogProps {
  readonly open: boolean;
  readonly loaded: LoadedEvent;
  readonly onClose: () => void;
  readonly onEvent: (id: string) => void;
}

/** Another event to show values of and to test with: one of the last, one that a search finds, or one that is made up. */
export function EventDialog({ open, onClose, ...rest }: EventDialogProps) {
  return (
    <Modal open={open} onClose={onClose} className="palette">
      <ModalTitle className="picker-title">Which event to test with?</ModalTitle>
      <Body {...rest} />
    </Modal>
  );
}

function Body({ loaded, onEvent }: Pick<EventDialogProps, 'loaded' | 'onEvent'>) {
  const [pasting, setPasting] = useState(false);
  if (pasting) return <SampleForm event={loaded.event} onEvent={onEvent} onBack={() => setPasting(false)} />;
  return (
    <>
      <Finder loaded={loaded} onEvent={onEvent} />
      <div className="actions event-actions">
        <SendSample onEvent={onEvent} />
        <Button onClick={() => setPasting(true)}>Paste JSON</Button>
      </div>
    </>
  );
}

const QUIET_MS = 300;

/** What was typed, once typing paused. */
function useQuiet(text: string): string {
  const [quiet, setQuiet] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setQuiet(text), QUIET_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return quiet;
}

/** A search over the events of the flow. */
function Finder({ loaded: { event, from }, onEvent }: Pick<EventDialogProps, 'loaded' | 'onEvent'>) {
  const [search, setSearch] = useState('');
  const [at, setActive] = useState(0);
  const q = useQuiet(search.trim());
  const query = useEvents({ flow: from, q });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  // Those of the search before are no answer to this one.
  const isFound = q === search.trim() && !query.isPlaceholderData;
  const active = Math.min(at, items.length - 1);
  return (
    <>
      <ListSearch
        label="Search bodies, headers, ids"
        list="event-options"
        options={items.length}
        {...{ active, value: search }}
        onValue={setSearch}
        onActive={setActive}
        onPick={(position) => isFound && onEvent(items[position]!.id)}
      />
      <div className="choices">
        <div id="event-options" role="listbox" aria-label="Events, newest first" tabIndex={-1}>
          {items.map((item, index) => (
            <Option key={item.id} {...{ item, index }} active={index === active} loaded={item.id === event?.id} onEvent={onEvent} />
          ))}
        </div>
        {!isFound && (
          <p className="picker-none dim" role="status">
            Looking…
          </p>
        )}
        {isFound && (q === '' ? <Latest items={items} isKnown={query.data !== undefined} /> : <LoadMore query={query} searching />)}
      </div>
    </>
  );
}

function Latest({ items, isKnown }: { readonly items: readonly EventItem[]; readonly isKnown: boolean }) {
  if (!isKnown) return null;
  const words = items.length === 0 ? 'No event has come yet. A sample does as well.' : 'The latest. A search finds older ones.';
  return <p className="picker-none dim">{words}</p>;
}

interface OptionProps {
  readonly item: EventItem;
  readonly index: number;
  readonly active: boolean;
  /** It is the one that is shown now. */
  readonly loaded: boolean;
  readonly onEvent: (id: string) => void;
}

function Option({ item, index, active, loaded, onEvent }: OptionProps) {
  const now = useNow();
  const what = item.origin?.kind === 'sample' ? 'Sample' : item.method;
  return (
    <div
      id={`event-options-${index}`}
      role="option"
      aria-selected={active}
      data-active={active}
      className="choice"
      onClick={() => onEvent(item.id)}
    >
      <span>
        <strong>{item.name ?? moment(item.receivedAt, now)}</strong> <code className="dim">{shortId(item.id)}</code>
        <span className="choice-words">
          {`${item.name === null ? '' : `${moment(item.receivedAt, now)}, `}${what}, ${size(item.size)}, ${item.flowId}`}
          {loaded && ' · loaded now'}
        </span>
      </span>
    </div>
  );
}
