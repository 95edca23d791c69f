import { defineComponent, type FetchResponse, StepError } from '@millrace/component-sdk';

/**
 * Creates or updates the contact with an e-mail address, in one request. Repeating it changes nothing.
 * https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/batch/post-crm-v3-objects-contacts-batch-upsert
 */
export const upsertContact = defineComponent({
  name: 'hubspot.upsert-contact',
  title: 'Create or update a HubSpot contact',
  description: 'Finds the contact by its e-mail address and sets its properties, or creates it.',
  props: {
    type: 'object',
    properties: {
      email: { type: 'string', title: 'E-mail', minLength: 3 },
      properties: {
        type: 'object',
        title: 'Properties',
        description: 'By internal name: firstname, company, … An empty text or null clears one; a list selects several options.',
        additionalProperties: {
          anyOf: [{ type: ['string', 'number', 'boolean', 'null'] }, { type: 'array', items: { type: ['string', 'number'] } }],
        },
      },
    },
    required: ['email'],
    additionalProperties: false,
  },
  output: {
    type: 'object',
    properties: {
      id: { type: 'string', title: 'Contact id' },
      created: { type: 'boolean', title: 'Created', description: 'False when the contact was there before.' },
      properties: { type: 'object', title: 'Properties', additionalProperties: { type: ['string', 'null'] } },
    },
    required: ['id', 'created', 'properties'],
  },
  credential: {
    types: ['api-key'],
    required: true,
    recipes: [
      {
        title: 'HubSpot private app',
        help: 'The settings of the account, Integrations, Private apps. It needs the scope crm.objects.contacts.write.',
        definition: { type: 'api-key', in: 'header', name: 'authorization', prefix: 'Bearer ' },
        asks: { secret: 'Access token, pat-…' },
      },
    ],
  },
  idempotent: 'yes',
  run: async ({ props: { email, properties = {} }, fetch }) => {
    const input = { id: email, idProperty: 'email', properties: { ...textValues(properties), email } };
    const response = await fetch('/crm/v3/objects/contacts/batch/upsert', {
      baseUrl: 'https://api.hubapi.com',
      json: { inputs: [input] },
    });
    const contact = readContact(response);
    return { id: contact.id, created: contact.new ?? false, properties: contact.properties ?? {} };
  },
});

type PropertyValue = string | number | boolean | null | (string | number)[];

/** HubSpot's values are texts; several options are separated by semicolons, and an empty text clears. */
function textValues(properties: Record<string, PropertyValue>): Record<string, string> {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, textOf(value)]));
}

function textOf(value: PropertyValue): string {
  if (value === null) return '';
  return Array.isArray(value) ? value.join(';') : String(value);
}

interface Contact {
  id: string;
  new?: boolean;
  properties?: Record<string, string | null>;
}

interface UpsertAnswer {
  results?: Contact[];
  /** With 207 Multi-Status: what failed, although the request as a whole was understood. */
  errors?: { category?: string; message?: string; context?: Record<string, unknown> }[];
}

function readContact(response: FetchResponse): Contact {
  const { results, errors } = response.json() as UpsertAnswer;
  const [contact] = results ?? [];
  if (contact !== undefined) return contact;
  const [error] = errors ?? [];
  const reason = error?.message ?? 'it gave neither a result nor an error';
  const category = (error?.category ?? 'no-result').toLowerCase().replaceAll('_', '-');
  throw new StepError({
    code: `hubspot.${category}`,
    message: `HubSpot did not store the contact: ${reason}. Check the properties' names and values.`,
    blame: 'author',
    arrived: 'yes',
    status: response.status,
    details: { category, context: error?.context },
  });
}
