import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useComponents } from '../api/queries.js';
import { Loaded } from '../ui/states.js';
import { useUrlState } from '../ui/url-state.js';
import type { ServerDraft } from './draft.js';
import { Editor } from './editor.js';
import { draftQuery } from './opening.js';
import { starterText, type Start } from './starter.js';
import { isTriggerType } from './trigger/types.js';
import { openedFrom } from './use-draft.js';
import './editor.css';

/** The editor of a flow's draft. `?name=`, `?starts=` and `?endpoint=` say what a flow that does not exist yet begins with. */
export function EditorPage({ id }: { readonly id: string }) {
  const components = useComponents();
  const draft = useQuery(draftQuery(id));
  return (
    <Loaded query={draft} what="the draft">
      {(found) => (
        <Loaded query={components} what="the components">
          {() => <Opened key={id} id={id} found={found} />}
        </Loaded>
      )}
    </Loaded>
  );
}

function Opened({ id, found }: { readonly id: string; readonly found: ServerDraft | null }) {
  const { get } = useUrlState();
  const [opened] = useState(() => openedFrom(id, found, () => starterText(id, startOf(id, get))));
  return <Editor id={id} opened={opened} />;
}

function startOf(id: string, get: (name: string) => string | undefined): Start {
  const type = get('starts');
  return { name: get('name') ?? id, endpoint: get('endpoint'), ...(isTriggerType(type) && { type }) };
}
