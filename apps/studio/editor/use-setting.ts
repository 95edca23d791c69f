import type { Json } from '@millrace/component-sdk';
import { objectOf, type FlowStep } from '../flow/structure.js';
import { useEditor } from './context.js';
import { valueAt } from './fields.js';
import { settingEdit } from './setting-edit.js';

/** Sets and removes settings of one step as edits of the text. `group`: the object that goes with the last of its members. */
export function useSetting(step: FlowStep, group?: string): (pointer: string, value: Json | undefined) => void {
  const { edit } = useEditor();
  return (pointer, value) => {
    const changed = value === undefined ? leftBy(step, pointer, group) : pointer;
    edit(settingEdit({ step: step.id, pointer: changed }, value), `${step.id}${pointer}`);
  };
}

/** What goes when the value at a pointer does. */
function leftBy(step: FlowStep, pointer: string, group: string | undefined): string {
  const members = group === undefined ? [] : Object.keys(objectOf(valueAt(step.json, group)));
  return group !== undefined && members.length === 1 && pointer === `${group}/${members[0]}` ? group : pointer;
}
