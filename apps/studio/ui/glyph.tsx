import type { ReactNode } from 'react';

export type GlyphStatus =
  | 'succeeded'
  | 'failed'
  | 'running'
  | 'waiting'
  | 'retrying'
  | 'queued'
  | 'skipped'
  | 'cancelled'
  | 'filtered'
  | 'interrupted'
  | 'unreached'
  | 'pending'
  | 'paused'
  | 'folded'
  | 'live'
  | 'not-enabled'
  | 'draft'
  | 'archived';

const WORDS: Readonly<Record<GlyphStatus, string>> = {
  succeeded: 'Succeeded',
  failed: 'Failed',
  running: 'Running',
  waiting: 'Waiting',
  retrying: 'Waiting for a retry',
  queued: 'Queued',
  skipped: 'Skipped',
  cancelled: 'Cancelled',
  filtered: 'Filtered out',
  interrupted: 'Interrupted',
  unreached: 'Not reached',
  pending: 'Not yet begun',
  paused: 'Paused',
  folded: 'Finished',
  live: 'Live',
  'not-enabled': 'Not enabled',
  draft: 'Draft',
  archived: 'Archived',
};

export function statusWords(status: GlyphStatus): string {
  return WORDS[status];
}

const CROSS = <path d="M6.2 6.2l5.6 5.6M11.8 6.2l-5.6 5.6" />;
const TICK = <path d="M5.6 9.3l2.3 2.3 4.5-4.9" />;
const DASH = <path d="M6 9h6" />;
const CLOCK = <path d="M9 5.4V9l2.3 1.6" />;

/** Shapes differ as much as colours do. */
const SHAPES: Readonly<Record<GlyphStatus, ReactNode>> = {
  succeeded: TICK,
  live: TICK,
  failed: CROSS,
  'not-enabled': <path d="M9 5.2v4.6M9 12.4v.3" />,
  running: <circle className="glyph-ring" cx="9" cy="9" r="6" />,
  waiting: CLOCK,
  retrying: <path d="M12.2 7.4A3.7 3.7 0 1 0 12.6 10M12.6 5.4v2.3h-2.3" />,
  queued: <circle cx="9" cy="9" r="6" />,
  skipped: DASH,
  filtered: <path d="M5.6 7h6.8M7.4 10.6h3.2" />,
  cancelled: (
    <>
      <circle cx="9" cy="9" r="6" />
      <path d="M4.9 13.1l8.2-8.2" />
    </>
  ),
  interrupted: CROSS,
  unreached: DASH,
  pending: <circle cx="9" cy="9" r="2" />,
  paused: <path d="M7.2 6.2v5.6M10.8 6.2v5.6" />,
  draft: <path d="M5.8 12.2l.7-2.6 4.6-4.6 1.9 1.9-4.6 4.6z" />,
  archived: DASH,
  folded: DASH,
};

/** A status as a shape with a name. Next to the word itself it is decoration: `quiet`. */
export function Glyph({ status, quiet = false }: { readonly status: GlyphStatus; readonly quiet?: boolean }) {
  const name = quiet ? { 'aria-hidden': true } : { role: 'img', 'aria-label': WORDS[status] };
  return (
    <svg className="glyph" data-status={status} width="18" height="18" viewBox="0 0 18 18" {...name}>
      <circle className="glyph-ground" cx="9" cy="9" r="9" />
      <g className="glyph-shape">{SHAPES[status]}</g>
    </svg>
  );
}
