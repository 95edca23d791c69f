import { useQueryClient } from '@tanstack/react-query';
import { ApiFailure, get, sendJson } from '../api/client.js';
import { usePressMutation } from '../api/press-mutation.js';
import type { ArchivedView, FlowView, SourceView } from '../api/wire.js';
import { announce } from '../shell/announcer.js';
import { Button } from '../ui/controls.js';
import { ConfirmedButton } from '../ui/confirmed-button.js';
import { Failure } from '../ui/states.js';

/** Takes a flow out of service. What somebody else changed of it meanwhile stops that. */
export function ArchiveFlow({ flow: { id, state } }: { readonly flow: FlowView }) {
  const archive = useArchive(id);
  if (state === 'archived')
    return <p className="dim">It is archived: nothing starts it. Roll back to one of its versions to bring it back.</p>;
  return (
    <section className="removal">
      <h3>Archive it</h3>
      <p className="dim">Nothing starts it then, and its URL answers 404. Versions, runs and events stay.</p>
      <ConfirmedButton sure={`Archive ${id}`} disabled={archive.isPending} onConfirm={() => archive.mutate({})}>
        Archive the flow
      </ConfirmedButton>
      {archive.error && <Failure error={archive.error} />}
      {isCalled(archive.error) && (
        <Button onClick={() => archive.mutate({ force: true })} disabled={archive.isPending}>
          Archive it all the same
        </Button>
      )}
    </section>
  );
}

/** Live flows call it: the sentence names them, and who knows that may go on. */
function isCalled(error: Error | null): boolean {
  return error instanceof ApiFailure && error.code === 'flow.called';
}

function useArchive(id: string) {
  const client = useQueryClient();
  return usePressMutation({
    mutationFn: async ({ force }: { readonly force?: true }) => {
      const { base } = await get<SourceView>(`flows/${id}/source`);
      await sendJson<ArchivedView>('POST', `flows/${id}/archive`, { base, ...(force && { force }) });
      announce(`${id} is archived`);
      await client.invalidateQueries();
    },
  });
}
