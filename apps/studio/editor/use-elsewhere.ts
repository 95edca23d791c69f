import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';
import type { Changes } from '../api/wire.js';
import { useChanges } from '../live/live.js';
import { announce } from '../shell/announcer.js';
import { findDraft } from './opening.js';
import { hearOtherTabs } from './other-tabs.js';
import type { DraftEditor } from './use-draft.js';

/**
 * Follows what is saved or published elsewhere while nothing here is unsaved: other tabs say it at once, a publication comes with the
 * stream, and what another browser has saved is found when somebody comes back to this page.
 */
export function useElsewhere(flowId: string, editor: DraftEditor): void {
  const client = useQueryClient();
  const latest = useRef(editor);
  useEffect(() => void (latest.current = editor));
  const asking = useRef<AbortController>(undefined);
  const look = useCallback(async () => {
    const { sync, server } = latest.current.draft;
    if (sync.kind !== 'saved') return;
    asking.current?.abort();
    const stop = (asking.current = new AbortController());
    // What cannot be asked for now is a conflict when it is saved, as ever.
    const found = await findDraft(flowId, client, stop.signal).catch(() => null);
    // What was saved here meanwhile is newer.
    if (stop.signal.aborted || found === null || latest.current.draft.server !== server) return;
    if (latest.current.follow(found))
      announce(`The ${found.revision > 0 ? 'draft' : 'flow'} was changed in another tab and is shown as it is now`);
  }, [flowId, client]);
  useChanges(useCallback(({ flows }: Changes) => void (flows && look()), [look]));
  useEffect(() => {
    const isShown = (): void => void (document.visibilityState === 'visible' && look());
    const stop = hearOtherTabs((changed) => void (changed === flowId && look()));
    addEventListener('visibilitychange', isShown);
    return () => {
      stop();
      removeEventListener('visibilitychange', isShown);
      asking.current?.abort();
    };
  }, [flowId, look]);
}
