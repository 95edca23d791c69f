import { useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { queryText, send } from '../api/client.js';
import { usePressMutation } from '../api/press-mutation.js';
import { announce } from '../shell/announcer.js';
import { ConfirmedButton } from '../ui/confirmed-button.js';
import { Failure } from '../ui/states.js';
import { useEditor } from './context.js';
import { forgetDraft } from './kept.js';
import { tellOtherTabs } from './other-tabs.js';

/** Gives up what was edited. What is live stays as it is. */
export function DiscardDraft() {
  const { flowId, revision, liveVersion } = useEditor();
  const discard = useDiscard();
  if (revision === 0) return null;
  return (
    <section className="removal">
      <h3>Discard it</h3>
      <p className="dim">
        {liveVersion > 0 ? `Version ${liveVersion} stays live as it is.` : 'It was never published: nothing of it is left then.'}
      </p>
      <ConfirmedButton sure={`Discard the draft of ${flowId} for good`} disabled={discard.isPending} onConfirm={() => discard.mutate()}>
        Discard the draft
      </ConfirmedButton>
      {discard.error && <Failure error={discard.error} />}
    </section>
  );
}

/** What is not saved yet is saved first, so that nothing saves it once the draft is gone. */
function useDiscard() {
  const { flowId, flush, liveVersion } = useEditor();
  const client = useQueryClient();
  const [, navigate] = useLocation();
  return usePressMutation({
    mutationFn: async () => {
      const { server } = await flush();
      await send('DELETE', `flows/${flowId}/draft${queryText({ revision: server.revision })}`);
      forgetDraft(flowId);
      tellOtherTabs(flowId);
      client.removeQueries({ queryKey: ['drafts'] });
      announce('The draft is discarded');
      navigate(liveVersion > 0 ? `/flows/${flowId}` : '/flows');
    },
  });
}
