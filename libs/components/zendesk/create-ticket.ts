import { type ComponentContext, defineComponent, StepError } from '@millrace/component-sdk';

/**
 * Creates a ticket. Zendesk drops repetitions with the same Idempotency-Key, for a limited time
 * (https://developer.zendesk.com/api-reference/ticketing/introduction/#idempotency).
 */
export const createTicket = defineComponent({
  name: 'zendesk.create-ticket',
  title: 'Create a Zendesk ticket',
  description: "Opens a ticket with a first comment. The credential's baseUrl says which account: https://<subdomain>.zendesk.com.",
  props: {
    type: 'object',
    properties: {
      subject: { type: 'string', title: 'Subject' },
      comment: {
        type: 'string',
        contentMediaType: 'text/plain',
        title: 'Comment',
        description: 'The first comment, as plain text.',
      },
      htmlComment: { type: 'string', title: 'HTML comment', description: 'Instead of the plain one.' },
      public: { type: 'boolean', title: 'Public', description: 'Whether the requester sees the comment. Default true.' },
      requester: {
        type: 'object',
        title: 'Requester',
        description: "Who asks; created if unknown. Default: the credential's user.",
        properties: { name: { type: 'string', title: 'Name' }, email: { type: 'string', title: 'E-mail' } },
        required: ['email'],
        additionalProperties: false,
      },
      priority: { enum: ['urgent', 'high', 'normal', 'low'], title: 'Priority' },
      type: { enum: ['problem', 'incident', 'question', 'task'], title: 'Type' },
      status: { enum: ['new', 'open', 'pending', 'hold', 'solved', 'closed'], title: 'Status' },
      tags: { type: 'array', title: 'Tags', items: { type: 'string' } },
      groupId: { type: 'integer', title: 'Group id' },
      assigneeEmail: { type: 'string', title: "Assignee's e-mail" },
      externalId: { type: 'string', title: 'External id', description: 'Your own id for the ticket.' },
      customFields: {
        type: 'array',
        title: 'Custom fields',
        items: {
          type: 'object',
          properties: { id: { type: 'integer' }, value: {} },
          required: ['id', 'value'],
          additionalProperties: false,
        },
      },
    },
    anyOf: [{ required: ['comment'] }, { required: ['htmlComment'] }],
    additionalProperties: false,
  },
  output: {
    type: 'object',
    properties: {
      id: { type: 'integer', title: 'Ticket id' },
      url: { type: 'string', title: 'API URL' },
      agentUrl: { type: 'string', title: 'Agent URL', description: "The ticket's page for people." },
      status: { type: 'string', title: 'Status' },
      createdAt: { type: 'string', title: 'Created at' },
    },
    required: ['id', 'url', 'agentUrl'],
  },
  credential: {
    types: ['basic', 'api-key'],
    required: true,
    recipes: [
      {
        title: 'Zendesk API token',
        help: 'Admin Center, Apps and integrations, APIs, API tokens.',
        definition: { type: 'basic' },
        asks: {
          baseUrl: 'Address of the account, https://<subdomain>.zendesk.com',
          username: "An agent's e-mail with /token behind it",
          secret: 'API token',
        },
      },
    ],
  },
  idempotent: 'with-key',
  run: async (context) => {
    const baseUrl = baseUrlOf(context.credential);
    const response = await context.fetch('/api/v2/tickets.json', {
      baseUrl,
      headers: { accept: 'application/json', 'idempotency-key': context.idempotencyKey },
      json: { ticket: ticketBody(context.props) },
    });
    const { ticket } = response.json() as { ticket: CreatedTicket };
    const agentUrl = `${baseUrl.replace(/\/+$/, '')}/agent/tickets/${ticket.id}`;
    return { id: ticket.id, url: ticket.url, agentUrl, status: ticket.status, createdAt: ticket.created_at };
  },
});

interface CreatedTicket {
  id: number;
  url: string;
  status?: string;
  created_at?: string;
}

interface TicketProps {
  subject?: string;
  comment?: string;
  htmlComment?: string;
  public?: boolean;
  requester?: { name?: string; email: string };
  priority?: string;
  type?: string;
  status?: string;
  tags?: string[];
  groupId?: number;
  assigneeEmail?: string;
  externalId?: string;
  customFields?: { id: number; value: unknown }[];
}

/** Zendesk's names. `undefined` values disappear in JSON. */
function ticketBody(props: TicketProps): Record<string, unknown> {
  return {
    subject: props.subject,
    comment: { body: props.htmlComment === undefined ? props.comment : undefined, html_body: props.htmlComment, public: props.public },
    // Zendesk creates an unknown requester only if it knows a name.
    requester: props.requester && { name: props.requester.email, ...props.requester },
    priority: props.priority,
    type: props.type,
    status: props.status,
    tags: props.tags,
    group_id: props.groupId,
    assignee_email: props.assigneeEmail,
    external_id: props.externalId,
    custom_fields: props.customFields,
  };
}

function baseUrlOf(credential: ComponentContext['credential']): string {
  if (credential?.baseUrl !== undefined) return credential.baseUrl;
  const name = credential?.name ?? 'zendesk';
  throw new StepError({
    code: 'zendesk.base-url-missing',
    message: `The credential "${name}" does not say which account. Set its baseUrl to https://<subdomain>.zendesk.com.`,
    blame: 'operator',
    arrived: 'no',
  });
}
