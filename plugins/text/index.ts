import { defineComponent, definePlugin } from '@millrace/component-sdk';

const upper = defineComponent({
  name: 'text.upper',
  title: 'Upper-case a text',
  props: {
    type: 'object',
    properties: { text: { type: 'string', title: 'Text' } },
    required: ['text'],
    additionalProperties: false,
  },
  output: { type: 'string', title: 'The text in upper case' },
  idempotent: 'yes',
  effects: 'none',
  run: ({ props }) => props.text.toUpperCase(),
});

const truncate = defineComponent({
  name: 'text.truncate',
  title: 'Shorten a text',
  props: {
    type: 'object',
    properties: {
      text: { type: 'string', title: 'Text' },
      length: { type: 'integer', title: 'Length', description: 'In characters, the ellipsis included.', minimum: 1 },
    },
    required: ['text', 'length'],
    additionalProperties: false,
  },
  output: {
    type: 'object',
    properties: { text: { type: 'string' }, shortened: { type: 'boolean' } },
    required: ['text', 'shortened'],
  },
  idempotent: 'yes',
  effects: 'none',
  run: ({ props: { text, length } }) => {
    const characters = [...text];
    if (characters.length <= length) return { text, shortened: false };
    return { text: `${characters.slice(0, length - 1).join('')}…`, shortened: true };
  },
});

export default definePlugin({ name: 'text', components: [upper, truncate] });
