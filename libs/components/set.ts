import { defineComponent } from '@millrace/component-sdk';

/** Its props are its output: named values for the steps that follow. */
export const set = defineComponent({
  name: 'set',
  title: 'Set values',
  description: 'Gives names to values, so that later steps read well: steps.<id>.<name>.',
  props: { type: 'object', description: 'Any names and values.', additionalProperties: true },
  idempotent: 'yes',
  effects: 'none',
  run: ({ props }) => props,
});
