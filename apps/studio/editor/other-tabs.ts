let opened: BroadcastChannel | undefined;

/** What one tab says, every other one of this browser hears. */
function channel(): BroadcastChannel {
  return (opened ??= new BroadcastChannel('millrace-drafts'));
}

/** That the draft of a flow was saved or given up here. */
export function tellOtherTabs(flowId: string): void {
  channel().postMessage(flowId);
}

/** Calls with the flow whose draft another tab has changed. Answers how to stop. */
export function hearOtherTabs(heard: (flowId: string) => void): () => void {
  const listen = ({ data }: MessageEvent<string>): void => heard(data);
  channel().addEventListener('message', listen);
  return () => channel().removeEventListener('message', listen);
}
