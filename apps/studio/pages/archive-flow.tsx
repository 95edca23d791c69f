import { useQueryClient } from '@tanstack/react-query';
import { get, sendJson } from '../api/client.js';
import { usePressMutation } from '../api/press-mutation.js';
import type { ArchivedView, FlowView, SourceView } from '../api/wire.js';
import { announce } from '../shell/announcer.js';
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
      <ConfirmedButton sure={`Archive ${id}`} disabled={archive.isPending} onConfirm={() => archive.mutate()}>
        Archive the flow
      </ConfirmedButton>
      {archive.error && <Failure error={archive.error} />}
    </section>
  );
}

function useArchive(id: string) {
  const client = useQueryClient();
  return usePressMutation({
    mutationFn: async () => {
      const { base } = await get<SourceView>(`flows/${id}/source`);
      await sendJson<ArchivedView>('POST', `flows/${id}/archive`, { base });
      announce(`${id} is archived`);
      await client.invalidateQueries();
    },
  });
}
