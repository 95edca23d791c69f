import type { FlowItem, PauseView } from '../api/wire.js';
import { announce } from '../shell/announcer.js';
import { Button } from '../ui/controls.js';
import { useFlowChange } from './queries.js';

/** Holds the events of a flow, and lets them go again. */
export function PauseButton({ flow: { id, paused } }: { readonly flow: Pick<FlowItem, 'id' | 'paused'> }) {
  const change = useFlowChange<PauseView>(`flows/${id}/${paused ? 'resume' : 'pause'}`);
  const said = paused ? 'Resumed' : 'Paused';
  return (
    <>
      {change.error && <span className="bad">{change.error.message}</span>}
      <Button
        disabled={change.isPending}
        title={paused ? 'What was held runs now.' : 'Events are held or refused, as the trigger says. Runs that are under way go on.'}
        onClick={() => change.mutate({}, { onSuccess: () => announce(said) })}
      >
        {paused ? 'Resume' : 'Pause'}
      </Button>
    </>
  );
}
