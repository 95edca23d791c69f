import { useCancelRun } from '../api/queries.js';
import type { RunView } from '../api/wire.js';
import { Button } from '../ui/controls.js';
import { announce } from '../shell/announcer.js';
import { isActive } from './overlay.js';

/** Ends an active run. What was sent already cannot be called back, and the button's title says so. */
export function CancelButton({ run }: { readonly run: RunView }) {
  const cancel = useCancelRun(run.id);
  if (!isActive(run)) return null;
  const note = 'Ends the run. A request that is on its way may still arrive.';
  return (
    <>
      {cancel.error && <span className="bad">{cancel.error.message}</span>}
      <Button
        disabled={cancel.isPending}
        title={note}
        onClick={() => cancel.mutate(undefined, { onSuccess: () => announce('Run cancelled') })}
      >
        Cancel run
      </Button>
    </>
  );
}
