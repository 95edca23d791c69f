import { defineComponent } from '@millrace/component-sdk';

/** Writes a line to the log of the process that runs the flow. */
export const log = defineComponent({
  name: 'log',
  title: 'Write to the log',
  description: 'Writes one line to the log, with the run and the step it came from.',
  props: {
    type: 'object',
    properties: {
      message: { type: 'string', title: 'Message' },
      level: { enum: ['debug', 'info', 'warn', 'error'], title: 'Level', description: 'Default info.' },
      data: { title: 'Data', description: 'Any value to log beside the message.' },
    },
    required: ['message'],
    additionalProperties: false,
  },
  output: {
    type: 'object',
    properties: { message: { type: 'string', title: 'Message' }, level: { type: 'string', title: 'Level' } },
    required: ['message', 'level'],
  },
  idempotent: 'yes',
  effects: 'none',
  run: ({ props: { message, level = 'info', data }, log: logger }) => {
    logger[level](message, data === undefined ? undefined : { data });
    return { message, level };
  },
});
