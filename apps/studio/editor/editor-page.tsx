import { useQuery } from '@tanstack/react-query';
import { Loaded } from '../ui/states.js';
import { useUrlState } from '../ui/url-state.js';
import { Editor } from './editor.js';
import { useComponents } from './queries.js';
import { starterText } from './starter.js';
import { loadDraft } from './use-draft.js';
import './editor.css';

/** The editor of a flow's draft. `?name=` and `?endpoint=` say what a flow that does not exist yet begins with. */
export default function EditorPage({ id }: { readonly id: string }) {
  const { get } = useUrlState();
  const components = useComponents();
  const starter = (): string => starterText(id, get('name') ?? id, get('endpoint'));
  const query = useQuery({
    queryKey: ['open-draft', id],
    queryFn: ({ signal }) => loadDraft(id, starter, signal),
    gcTime: 0,
    staleTime: Infinity,
  });
  return (
    <Loaded query={query} what="the draft">
      {(opened) => (
        <Loaded query={components} what="the components">
          {() => <Editor key={id} id={id} opened={opened} />}
        </Loaded>
      )}
    </Loaded>
  );
}
