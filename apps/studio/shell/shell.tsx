import { Activity, HeartPulse, Inbox, KeyRound, Link2, ScrollText, SlidersHorizontal, Workflow, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useCauses } from '../api/queries.js';
import { count, whole } from '../format/format.js';
import { useLink } from '../live/live.js';
import { waitingRuns } from '../run/waiting-runs.js';
import { Announcer } from './announcer.js';
import { useNarrow } from './narrow.js';

interface Entry {
  readonly href: string;
  readonly label: string;
  readonly icon: LucideIcon;
}

interface Group {
  readonly label?: string;
  readonly entries: readonly Entry[];
}

const GROUPS: readonly Group[] = [
  {
    entries: [
      { href: '/flows', label: 'Flows', icon: Workflow },
      { href: '/runs', label: 'Runs', icon: Activity },
      { href: '/events', label: 'Events', icon: Inbox },
    ],
  },
  {
    label: 'Connect',
    entries: [
      { href: '/endpoints', label: 'Endpoints', icon: Link2 },
      { href: '/credentials', label: 'Credentials', icon: KeyRound },
    ],
  },
  {
    label: 'Operate',
    entries: [
      { href: '/health', label: 'Health', icon: HeartPulse },
      { href: '/audit', label: 'Audit log', icon: ScrollText },
      { href: '/settings', label: 'Settings', icon: SlidersHorizontal },
    ],
  },
];

/** What stands around every page. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const narrow = useNarrow();
  return (
    <div className="shell" data-narrow={narrow}>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <Navigation />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <Announcer />
    </div>
  );
}

function Navigation() {
  return (
    <nav className="nav" aria-label="Main">
      <Link href="/" className="brand" aria-label="Millrace, start page">
        <Mark />
        <span>Millrace</span>
      </Link>
      {GROUPS.map(({ label, entries }) => (
        <div key={label ?? ''} className="nav-group">
          {label && <p className="nav-label">{label}</p>}
          <ul>
            {entries.map((entry) => (
              <NavEntry key={entry.href} {...entry} />
            ))}
          </ul>
        </div>
      ))}
      <LinkState />
    </nav>
  );
}

function NavEntry({ href, label, icon: Icon }: Entry) {
  const [path] = useLocation();
  const current = path === href || path.startsWith(`${href}/`) || (href === '/events' && path.startsWith('/refusals/'));
  return (
    <li>
      <Link href={href} className="nav-entry" aria-current={current ? 'page' : undefined} title={label}>
        <Icon size={16} strokeWidth={1.6} aria-hidden />
        <span className="nav-text">{label}</span>
        {href === '/health' && <WaitingCount />}
      </Link>
    </li>
  );
}

/** Failed runs that wait for a person: the page that it stands beside lists them, and once they are dealt with it is gone. */
function WaitingCount() {
  const { data } = useCauses();
  const waiting = waitingRuns(data);
  if (waiting === 0) return null;
  return (
    <span className="nav-count" title={`${count(waiting, 'failed run')} ${waiting === 1 ? 'waits' : 'wait'} for you`}>
      {whole(waiting)}
      {data?.more && '+'} failed
    </span>
  );
}

/** Said only when it is not so: that the page is live. */
function LinkState() {
  const connected = useLink();
  return (
    <p className="nav-link" role="status">
      {connected ? '' : 'Not connected. Trying again…'}
    </p>
  );
}

/** A channel that turns a wheel: in at the top, out at the bottom. */
function Mark() {
  return (
    <svg className="mark" width="20" height="20" viewBox="0 0 20 20" aria-hidden>
      <path d="M4 4.5h2c6.5 0 1.5 11 8 11h2" fill="none" stroke="currentColor" strokeWidth="2.6" strokeLinecap="round" />
      <circle cx="4" cy="4.5" r="2.4" fill="currentColor" />
      <circle cx="16" cy="15.5" r="2.4" fill="currentColor" />
    </svg>
  );
}

interface HeaderProps {
  /** From the outermost to this page. */
  readonly trail: readonly { readonly label: string; readonly href?: string }[];
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}

/** The head of a page: where it is, its views, what to do. */
export function Header({ trail, children, actions }: HeaderProps) {
  return (
    <header className="header">
      <ol className="trail">
        {trail.map(({ label, href }, index) => (
          <li key={label}>
            {href === undefined ? (
              <h1 title={label}>{label}</h1>
            ) : (
              <Link href={href} title={label}>
                {label}
              </Link>
            )}
            {index < trail.length - 1 && <span aria-hidden>/</span>}
          </li>
        ))}
      </ol>
      {children}
      <span className="spacer" />
      {actions}
    </header>
  );
}
