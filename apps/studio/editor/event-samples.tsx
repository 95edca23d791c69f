import type { Json } from '@millrace/component-sdk';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { sendJson } from '../api/client.js';
import { usePressMutation } from '../api/press-mutation.js';
import type { EventView, SampleView } from '../api/wire.js';
import { SAMPLE } from '../pages/curl.js';
import { announce } from '../shell/announcer.js';
import { Button } from '../ui/controls.js';
import { useEditor } from './context.js';

type OnEvent = (id: string) => void;

/** Keeps a body as an event of the flow, which starts nothing, and loads it. */
function useSample(onEvent: OnEvent) {
  const { flowId } = useEditor();
  const client = useQueryClient();
  return usePressMutation({
    mutationFn: (body: Json) => sendJson<SampleView>('POST', `flows/${flowId}/samples`, { body }),
    onSuccess: async ({ eventId }) => {
      await client.invalidateQueries({ queryKey: ['events'] });
      announce('The sample is loaded');
      onEvent(eventId);
    },
  });
}

function Problem({ words }: { readonly words: string | undefined }) {
  if (words === undefined) return null;
  return (
    <p className="bad" role="alert">
      {words}
    </p>
  );
}

/** The same small body that the examples of the first page send. */
export function SendSample({ onEvent }: { readonly onEvent: OnEvent }) {
  const sample = useSample(onEvent);
  return (
    <>
      <Button disabled={sample.isPending} onClick={() => sample.mutate(JSON.parse(SAMPLE) as Json)}>
        Send a sample
      </Button>
      <Problem words={sample.error?.message} />
    </>
  );
}

interface SampleFormProps {
  /** Its body is what the form begins with. */
  readonly event: EventView | undefined;
  readonly onEvent: OnEvent;
  readonly onBack: () => void;
}

/** A body of one's own. */
export function SampleForm({ event, onEvent, onBack }: SampleFormProps) {
  const [text, setText] = useState(() => startOf(event));
  const [fault, setFault] = useState<string>();
  const sample = useSample(onEvent);
  const use = (submitted: SubmitEvent): void => {
    submitted.preventDefault();
    const read = readBody(text);
    setFault(read.fault);
    if (read.fault === undefined) sample.mutate(read.body);
  };
  return (
    <form className="sample-form" onSubmit={use}>
      <p className="dim">It is kept as an event to test with, and starts nothing. Steps see it as trigger.body.</p>
      <textarea
        className="input mono"
        aria-label="Body"
        aria-invalid={fault !== undefined}
        autoFocus
        spellCheck={false}
        value={text}
        onChange={(change) => setText(change.target.value)}
      />
      <Problem words={fault ?? sample.error?.message} />
      <div className="actions">
        <Button look="ink" type="submit" disabled={sample.isPending}>
          Test with this
        </Button>
        <Button onClick={onBack}>Back to the events</Button>
      </div>
    </form>
  );
}

function startOf(event: EventView | undefined): string {
  return event?.body.kind === 'parsed' ? JSON.stringify(event.body.value, null, 2) : '';
}

function readBody(text: string): { readonly body: Json; readonly fault?: undefined } | { readonly fault: string } {
  try {
    return { body: JSON.parse(text) as Json };
  } catch (error) {
    return { fault: `This is not JSON: ${(error as Error).message}` };
  }
}
