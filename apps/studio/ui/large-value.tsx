import { Search } from 'lucide-react';
import { useQuery } from '@tanstack/react-query';
import { get, type Query } from '../api/client.js';
import { useBeginning } from '../api/queries.js';
import type { ValueMatches } from '../api/wire.js';
import { count, size } from '../format/format.js';
import { RemoteTree } from './data-tree.js';
import { Loaded } from './states.js';
import { useUrlState } from './url-state.js';
import { useTyped } from './use-typed.js';

interface LargeValueProps {
  /** Of the API, such as `runs/<id>/value`. */
  readonly source: { readonly path: string; readonly query: Query };
  readonly label: string;
  /** Where all of it can be downloaded. */
  readonly file: string;
}

/**
 * A value that is too large to be here: how it begins, at once; then looked at piece by piece, searched where it is, or downloaded
 * whole. The pieces are asked for when the beginning is there, so that it waits for nothing.
 */
export function LargeValue({ source, label, file }: LargeValueProps) {
  const { get: state, set } = useUrlState();
  const [asked, at] = [state('find') ?? '', state('at')];
  const beginning = useBeginning(source.path, source.query);
  const begun = beginning.data;
  return (
    <div className="large-value">
      <p className="dim">{begun ? `${size(begun.size)}: this is how it begins.` : 'This is how it begins.'}</p>
      <pre className="code-block beginning" tabIndex={0} role="region" aria-label={`How the ${label.toLowerCase()} begins`}>
        {begun?.text}
      </pre>
      <div className="actions">
        <Find asked={asked} onAsk={(find) => set({ find, at: undefined }, { replace: true })} />
        <a className="button" data-look="plain" href={file} download>
          Download all of it
        </a>
      </div>
      {asked !== '' && <Matches source={source} text={asked} onOpen={(pointer) => set({ at: pointer, find: undefined })} />}
      {at !== undefined && (
        <p>
          <code>{at}</code>{' '}
          <button type="button" className="link" onClick={() => set({ at: undefined })}>
            Back to the whole
          </button>
        </p>
      )}
      {!beginning.isPending && <RemoteTree key={at ?? ''} source={source} label={label} at={at} />}
    </div>
  );
}

function Find({ asked, onAsk }: { readonly asked: string; readonly onAsk: (text: string) => void }) {
  const [text, type] = useTyped(asked, onAsk);
  return (
    <label className="search">
      <Search size={15} strokeWidth={1.6} aria-hidden />
      <input
        className="input"
        type="search"
        aria-label="Search paths, keys and values"
        placeholder="items[3].sku, a key or a value"
        value={text}
        onChange={(event) => type(event.target.value)}
      />
    </label>
  );
}

interface MatchesProps {
  readonly source: LargeValueProps['source'];
  readonly text: string;
  readonly onOpen: (pointer: string) => void;
}

function Matches({ source, text, onOpen }: MatchesProps) {
  const query = useQuery({
    queryKey: ['value-search', source.path, source.query, text],
    queryFn: ({ signal }) => get<ValueMatches>(`${source.path}/search`, { ...source.query, q: text }, signal),
    staleTime: 'static',
  });
  return (
    <Loaded query={query} what="what was found">
      {({ items, more }) => (
        <section aria-label="Found">
          <p role="status">
            {items.length === 0 ? 'Nothing in it is like this.' : `${more ? 'More than ' : ''}${count(items.length, 'place')}.`}
          </p>
          <ul className="found">
            {items.map(({ at, text: value, type, count: entries }) => (
              <li key={at}>
                <button type="button" className="link mono" onClick={() => onOpen(at)}>
                  {at}
                </button>{' '}
                <code className="dim">{value ?? `${type}, ${count(entries, 'entry', 'entries')}`}</code>
              </li>
            ))}
          </ul>
        </section>
      )}
    </Loaded>
  );
}
