import type { Json } from '@millrace/component-sdk';
import { removeProperty, setProperty } from '@millrace/flow';
import type { FlowStep } from '../flow/structure.js';
import { useEditor } from './context.js';

/** Sets and removes settings of one step as edits of the text. */
export function useSetting(step: FlowStep): (pointer: string, value: Json | undefined) => void {
  const { edit } = useEditor();
  return (pointer, value) =>
    void edit(
      (text) =>
        value === undefined ? removeProperty(text, { step: step.id, pointer }) : setProperty(text, { step: step.id, pointer, value }),
      `${step.id}${pointer}`,
    );
}
