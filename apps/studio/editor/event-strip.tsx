import { Link } from 'wouter';
import { clock, count, shortId } from '../format/format.js';
import { Button } from '../ui/controls.js';
import { Glyph } from '../ui/glyph.js';
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
      <EventChoice {...loaded} onEvent={onEvent} />
    </div>
  );
}

function EventChoice({ event, run, others, onEvent }: LoadedEvent & Pick<StripProps, 'onEvent'>) {
  if (!event && others.length === 0) {
    return (
      <div className="canvas-bar">
        <span className="dim">No event has come yet</span>
      </div>
    );
  }
  const listed = event === undefined || others.some(({ id }) => id === event.id) ? others : [event, ...others];
  return (
    <div className="canvas-bar">
      <label>
        Event{' '}
        <select className="input event-choice" value={event?.id ?? ''} onChange={(change) => onEvent(change.target.value)}>
          {event === undefined && <option value="">None</option>}
          {listed.map(({ id, receivedAt, flowId }) => (
            <option key={id} value={id}>
              {`${clock(receivedAt)} · ${flowId} · ${shortId(id)}`}
            </option>
          ))}
        </select>
      </label>
      {run && (
        <Link className="link" href={`/runs/${run.id}`}>
          Its run
        </Link>
      )}
    </div>
  );
}
