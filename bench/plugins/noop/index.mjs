import { defineComponent } from '@millrace/component-sdk';

export default defineComponent({
  name: 'bench.nothing',
  title: 'Do nothing',
  props: { type: 'object', properties: { n: { type: 'number' } } },
  idempotent: 'yes',
  run: ({ props }) => ({ n: props.n ?? 0 }),
});
