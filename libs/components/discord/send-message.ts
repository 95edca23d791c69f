import { createHash } from 'node:crypto';
import { type ComponentContext, defineComponent, StepError } from '@millrace/component-sdk';
import { DISCORD_CREDENTIALS } from './recipes.js';

/**
 * Sends a message through an incoming webhook (credential: api-key in url) or as a bot (api-key in header
 * `authorization`, prefix `Bot `). A bot's message carries a nonce that Discord checks "in the past few minutes"
 * (https://docs.discord.com/developers/resources/message, `enforce_nonce`); a webhook has no such thing, hence `no`.
 */
export const sendMessage = defineComponent({
  name: 'discord.send-message',
  title: 'Send a Discord message',
  description: 'Posts a message to a channel, through an incoming webhook or as a bot.',
  props: {
    type: 'object',
    properties: {
      content: {
        type: 'string',
        contentMediaType: 'text/markdown',
        title: 'Content',
        description: 'Up to 2,000 characters, Markdown.',
        maxLength: 2000,
      },
      embeds: { type: 'array', title: 'Embeds', items: { type: 'object' }, maxItems: 10 },
      channelId: { type: 'string', title: 'Channel id', description: 'Bot only: a webhook has its own channel.', pattern: '^\\d+$' },
      threadId: {
        type: 'string',
        title: 'Thread id',
        description: 'Post into this thread. Webhook only: for a bot a thread is a channel.',
      },
      username: { type: 'string', title: 'User name', description: 'Webhook only.', maxLength: 80 },
      avatarUrl: { type: 'string', title: 'Avatar URL', description: 'Webhook only.' },
      tts: { type: 'boolean', title: 'Text to speech' },
      allowMentions: {
        type: 'array',
        title: 'Allowed mentions',
        description: 'Who the message may ping. Default users and roles: @everyone in foreign text pings nobody unless you say so.',
        items: { enum: ['users', 'roles', 'everyone'] },
        uniqueItems: true,
      },
    },
    anyOf: [{ required: ['content'] }, { required: ['embeds'] }],
    additionalProperties: false,
  },
  output: {
    type: 'object',
    properties: { id: { type: 'string', title: 'Message id' }, channelId: { type: 'string', title: 'Channel id' } },
    required: ['id', 'channelId'],
  },
  credential: { types: ['api-key'], required: true, recipes: DISCORD_CREDENTIALS },
  idempotent: 'no',
  run: async (context) => {
    const send = context.credential?.in === 'url' ? sendByWebhook : sendAsBot;
    const { id, channel_id: channelId } = await send(context);
    return { id, channelId };
  },
});

interface Message {
  content?: string;
  embeds?: unknown[];
  channelId?: string;
  threadId?: string;
  username?: string;
  avatarUrl?: string;
  tts?: boolean;
  allowMentions?: ('users' | 'roles' | 'everyone')[];
}

interface CreatedMessage {
  id: string;
  channel_id: string;
}

/** `wait=true` makes Discord answer with the message, and with errors, instead of 204 (Execute Webhook). */
async function sendByWebhook({ props, fetch }: ComponentContext<Message>): Promise<CreatedMessage> {
  if (props.channelId !== undefined) {
    throw misuse('channel-needs-bot', 'An incoming webhook always posts to its own channel. Leave `channelId` out, or use a bot token.');
  }
  const response = await fetch('', {
    query: { wait: true, thread_id: props.threadId },
    json: { ...commonBody(props), username: props.username, avatar_url: props.avatarUrl },
  });
  return response.json() as CreatedMessage;
}

async function sendAsBot({ props, fetch, idempotencyKey }: ComponentContext<Message>): Promise<CreatedMessage> {
  if (props.channelId === undefined) {
    throw misuse('channel-missing', 'With a bot token Discord needs to know where to post. Set `channelId`.');
  }
  const response = await fetch(`/channels/${encodeURIComponent(props.channelId)}/messages`, {
    baseUrl: 'https://discord.com/api/v10',
    json: { ...commonBody(props), nonce: nonceOf(idempotencyKey), enforce_nonce: true },
  });
  return response.json() as CreatedMessage;
}

function commonBody({ content, embeds, tts, allowMentions = ['users', 'roles'] }: Message): Record<string, unknown> {
  return { content, embeds, tts, allowed_mentions: { parse: allowMentions } };
}

/** Discord takes up to 25 characters; our keys are longer. */
function nonceOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 25);
}

function misuse(name: string, message: string): StepError {
  return new StepError({ code: `discord.${name}`, message, blame: 'author', arrived: 'no' });
}
