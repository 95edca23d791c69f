import type { EditResult } from '@millrace/flow';
import { createContext, useContext } from 'react';
import type { ComponentView, CredentialItem, FlowItem } from '../api/wire.js';
import type { CredentialWish } from '../connect/new-credential.js';
import type { FlowTree } from '../flow/structure.js';
import type { Loaded } from './loaded.js';
import type { Problems } from './queries.js';
import type { DraftEditor } from './use-draft.js';

/** What every part of the editor needs. */
export interface EditorView {
  readonly flowId: string;
  readonly text: string;
  readonly tree: FlowTree;
  readonly components: readonly ComponentView[];
  readonly credentials: readonly CredentialItem[];
  readonly flows: readonly FlowItem[];
  readonly problems: Problems;
  readonly loaded: Loaded;
  /** The event that is loaded. */
  readonly eventId: string | undefined;
  /** Of the draft as the server has it; 0 for none. */
  readonly revision: number;
  /** What is live; 0 for nothing. */
  readonly liveVersion: number;
  /** Ids of the steps in the draft as the server has it. */
  readonly savedSteps: ReadonlySet<string>;
  /** Saves at once what is not saved. */
  readonly flush: DraftEditor['flush'];
  /** Makes an edit; says in a line what could not be done. */
  readonly edit: (work: (text: string) => EditResult, field?: string) => EditResult;
  readonly undo: DraftEditor['undo'];
  readonly redo: DraftEditor['redo'];
  readonly select: (step: string | undefined) => void;
  /** Asks for a credential that is not there yet. */
  readonly makeCredential: (wish: CredentialWish) => void;
  /** Shows what publishing changes; undefined while there is nothing to publish. */
  readonly publish: (() => void) | undefined;
  /** Whether a test comes before publishing: of a flow that was never published, until something of it worked. */
  readonly testsFirst: boolean;
}

export const EditorContext = createContext<EditorView | undefined>(undefined);

/** Inside the editor only. */
export function useEditor(): EditorView {
  const view = useContext(EditorContext);
  if (view === undefined) throw new Error('This part of the page works inside the editor only.');
  return view;
}
