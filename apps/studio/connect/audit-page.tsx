import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { get } from '../api/client.js';
import type { AuditEntryView, AuditPage as Entries } from '../api/wire.js';
import { moment } from '../format/format.js';
import { LoadMore } from '../pages/list-parts.js';
import { Header } from '../shell/shell.js';
import { HeadRow } from '../ui/head-row.js';
import { Empty, Loaded } from '../ui/states.js';
import { useNow } from '../ui/use-now.js';
import { useUrlState } from '../ui/url-state.js';
import { subjectHref, whoWords } from './audit-words.js';

const PAGE = 50;

/** Who changed what: everything, or what was done to one thing. */
export function AuditPage() {
  const { get: chosen, set } = useUrlState();
  const subject = chosen('subject');
  const query = useInfiniteQuery({
    queryKey: ['audit', subject],
    queryFn: ({ pageParam, signal }) => get<Entries>('audit', { subject, limit: PAGE, before: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    // Nothing tells of new entries: whoever comes to look sees what there is.
    staleTime: 0,
  });
  return (
    <>
      <Header
        trail={[{ label: 'Audit log', ...(subject !== undefined && { href: '/audit' }) }, ...(subject ? [{ label: subject }] : [])]}
      />
      <div className="page-body" tabIndex={0} role="region" aria-label="Audit log">
        <p className="dim">
          What people and scripts changed, newest first. Everybody has the same token: a name is what its owner wrote into the{' '}
          <Link className="link" href="/settings">
            settings
          </Link>
          , or the user of the command line.
        </p>
        <Loaded query={query} what="the audit log">
          {({ pages }) => (
            <Table
              items={pages.flatMap(({ items }) => items)}
              onSubject={subject === undefined ? (name) => set({ subject: name }) : undefined}
            />
          )}
        </Loaded>
        {query.data && query.data.pages[0]!.items.length > 0 && <LoadMore query={query} />}
      </div>
    </>
  );
}

interface TableProps {
  readonly items: readonly AuditEntryView[];
  /** Undefined where all of them are of one thing. */
  readonly onSubject: ((name: string) => void) | undefined;
}

function Table({ items, onSubject }: TableProps) {
  const now = useNow();
  if (items.length === 0) return <Empty title="Nothing was changed yet." />;
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Entries">
      <table className="table">
        <HeadRow names={['When', 'What', 'Who', 'From']} />
        <tbody>
          {items.map((entry) => (
            <tr key={entry.id}>
              <td className="dim tight">{moment(entry.at, now)}</td>
              <td>
                <What entry={entry} />{' '}
                {onSubject && entry.subject !== null && (
                  <button
                    type="button"
                    className="link dim"
                    onClick={() => onSubject(entry.subject!)}
                    aria-label={`only this: ${entry.subject}`}
                  >
                    only this
                  </button>
                )}
              </td>
              <td>{whoWords(entry)}</td>
              <td className="dim">{entry.address ?? '—'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The sentence, in which what it was done to leads there. */
function What({ entry }: { readonly entry: AuditEntryView }) {
  const { sentence, subject } = entry;
  const href = subjectHref(entry);
  const at = subject === null ? -1 : sentence.indexOf(subject);
  if (subject === null || href === undefined || at < 0) return sentence;
  return (
    <>
      {sentence.slice(0, at)}
      <Link className="link" href={href}>
        {subject}
      </Link>
      {sentence.slice(at + subject.length)}
    </>
  );
}
