import { defineComponent, StepError, type Json } from '@millrace/component-sdk';

/** Emits an event that other flows listen to. */
export const emit = defineComponent({
  name: 'event.emit',
  title: 'Emit an event',
  description: 'Starts every flow whose trigger listens to this name. This flow goes on at once and does not see what they do.',
  props: {
    type: 'object',
    properties: {
      name: {
        type: 'string',
        title: 'Name',
        description:
          'Lower case, in parts: order.paid. What begins with flow., run., credential., endpoint. or instance. only the system emits.',
      },
      data: { title: 'Data', description: 'What the flows that listen see as trigger.body. Default null.' },
    },
    required: ['name'],
    additionalProperties: false,
  },
  output: {
    type: 'object',
    properties: { eventId: { type: 'string', title: 'Event', description: 'The id of the event.' } },
    required: ['eventId'],
  },
  idempotent: 'yes',
  run: async ({ props: { name, data = null }, emit: send }) => {
    if (!send)
      throw new StepError({ code: 'event.no-emitter', message: 'Events cannot be emitted here.', blame: 'operator', arrived: 'no' });
    const { eventId } = await send(name, data as Json);
    return { eventId };
  },
});
