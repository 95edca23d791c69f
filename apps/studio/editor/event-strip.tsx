import { useState } from 'react';
import { Link } from 'wouter';
import { clock, count, shortId } from '../format/format.js';
import { Button } from '../ui/controls.js';
import { Glyph } from '../ui/glyph.js';
import { EventDialog } from './event-dialog.js';
import type { LoadedEvent, Problems } from './queries.js';

interface StripProps {
  readonly problems: Problems;
  readonly loaded: LoadedEvent;
  readonly onProblems: () => void;
  readonly onEvent: (id: string) => void;
}

/** Over the canvas: what is wrong with the draft, and the event that values are shown of. */
export function EventStrip({ problems, loaded, onProblems, onEvent }: StripProps) {
  return (
    <div className="canvas-strip">
      {problems.length === 0 ? (
        <div className="canvas-bar">
          <strong>Draft</strong>
          <span className="dim">Nothing runs of it until it is published</span>
        </div>
      ) : (
        <Button className="canvas-bar" onClick={onProblems}>
          <Glyph status="not-enabled" /> {count(problems.length, 'problem')}
        </Button>
      )}
      <EventChoice loaded={loaded} onEvent={onEvent} />
    </div>
  );
}

function EventChoice({ loaded, onEvent }: Pick<StripProps, 'loaded' | 'onEvent'>) {
  const [open, setOpen] = useState(false);
  const { event, run } = loaded;
  return (
    <div className="canvas-bar" role="group" aria-label="Event">
      {event ? (
        <span className="event-loaded" title={event.id}>
          Event {event.name ?? event.flowId} <span className="dim">{`${clock(event.receivedAt)} · ${shortId(event.id)}`}</span>
        </span>
      ) : (
        <span className="dim">No event is loaded</span>
      )}
      {run && (
        <Link className="link" href={`/runs/${run.id}`}>
          Its run
        </Link>
      )}
      <button type="button" className="link" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {event ? 'Change' : 'Load one'}
      </button>
      <EventDialog
        open={open}
        loaded={loaded}
        onClose={() => setOpen(false)}
        onEvent={(id) => {
          setOpen(false);
          onEvent(id);
        }}
      />
    </div>
  );
}
