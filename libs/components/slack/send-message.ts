import { type ComponentContext, defineComponent, type FetchResponse, StepError } from '@millrace/component-sdk';
import { SLACK_CREDENTIALS } from './recipes.js';
import { slackError } from './errors.js';

/**
 * Sends a message through an incoming webhook (credential: api-key in url) or as a bot (api-key in header, `Bearer xoxb-…`).
 * Slack has no idempotency key: a repeated request is a second message.
 */
export const sendMessage = defineComponent({
  name: 'slack.send-message',
  title: 'Send a Slack message',
  description: 'Posts a message to a channel, through an incoming webhook or with a bot token.',
  props: {
    type: 'object',
    properties: {
      text: {
        type: 'string',
        contentMediaType: 'text/plain',
        title: 'Text',
        description: 'In mrkdwn; beside blocks, the text of the notification.',
      },
      blocks: { type: 'array', title: 'Blocks', description: 'Block Kit blocks.', items: { type: 'object' }, maxItems: 50 },
      channel: { type: 'string', title: 'Channel', description: 'Id or #name. Bot token only: a webhook has its own channel.' },
      threadTs: { type: 'string', title: 'Thread', description: 'The ts of the message to reply to.' },
      replyBroadcast: { type: 'boolean', title: 'Also send to channel', description: 'Show a reply in the channel too. Bot token only.' },
      username: { type: 'string', title: 'User name', description: 'Bot token with the scope chat:write.customize only.' },
      iconEmoji: { type: 'string', title: 'Icon emoji', description: 'Such as :robot_face:. Bot token only.' },
      iconUrl: { type: 'string', title: 'Icon URL', description: 'Bot token only.' },
      unfurlLinks: { type: 'boolean', title: 'Unfurl links' },
      unfurlMedia: { type: 'boolean', title: 'Unfurl media' },
    },
    anyOf: [{ required: ['text'] }, { required: ['blocks'] }],
    additionalProperties: false,
  },
  output: {
    type: 'object',
    properties: {
      channel: { type: 'string', title: 'Channel id', description: 'Bot token only: a webhook does not tell.' },
      ts: { type: 'string', title: 'Timestamp', description: "The message's id within the channel. Bot token only." },
    },
  },
  credential: { types: ['api-key'], required: true, recipes: SLACK_CREDENTIALS },
  idempotent: 'no',
  run: (context) => (context.credential?.in === 'url' ? sendByWebhook(context) : sendAsBot(context)),
});

interface Message {
  text?: string;
  blocks?: unknown[];
  channel?: string;
  threadTs?: string;
  replyBroadcast?: boolean;
  username?: string;
  iconEmoji?: string;
  iconUrl?: string;
  unfurlLinks?: boolean;
  unfurlMedia?: boolean;
}

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks: 200 `ok`, else a bare error name as text. */
async function sendByWebhook({ props, fetch }: ComponentContext<Message>): Promise<Record<string, never>> {
  if (props.channel !== undefined) {
    throw misuse('channel-needs-bot', 'An incoming webhook always posts to its own channel. Leave `channel` out, or use a bot token.');
  }
  const response = await fetch('', { json: body(props), accept: isWebhookAnswer });
  if (response.status !== 200) throw webhookError(response);
  return {};
}

/** Statuses with which Slack names an error in the body; authentication, limits and outages stay with `fetch`. */
const isWebhookAnswer = (status: number): boolean => [200, 400, 403, 404, 410].includes(status);

function webhookError(response: FetchResponse): StepError {
  const text = response.text().trim();
  const error = /^[a-z][a-z0-9_]{1,60}$/.test(text) ? text : `http_${response.status}`;
  return slackError({ error, status: response.status, headers: response.headers });
}

/** https://docs.slack.dev/reference/methods/chat.postMessage: errors come with status 200 and `ok: false`. */
async function sendAsBot({ props, fetch }: ComponentContext<Message>): Promise<{ channel: string; ts: string }> {
  if (props.channel === undefined) {
    throw misuse('channel-missing', 'With a bot token Slack needs to know where to post. Set `channel` to an id or #name.');
  }
  const response = await fetch('/chat.postMessage', {
    baseUrl: 'https://slack.com/api',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    json: body(props),
  });
  const { ok, error = 'unknown_error', channel, ts, needed, response_metadata: metadata } = response.json() as PostMessageAnswer;
  if (ok === true) return { channel: channel ?? props.channel, ts: ts ?? '' };
  throw slackError({ error, status: response.status, headers: response.headers, details: { needed, messages: metadata?.messages } });
}

interface PostMessageAnswer {
  ok?: boolean;
  error?: string;
  channel?: string;
  ts?: string;
  /** The scope that is missing. */
  needed?: string;
  response_metadata?: { messages?: string[] };
}

/** Slack's names. `undefined` values disappear in JSON. */
function body(props: Message): Record<string, unknown> {
  return {
    channel: props.channel,
    text: props.text,
    blocks: props.blocks,
    thread_ts: props.threadTs,
    reply_broadcast: props.replyBroadcast,
    username: props.username,
    icon_emoji: props.iconEmoji,
    icon_url: props.iconUrl,
    unfurl_links: props.unfurlLinks,
    unfurl_media: props.unfurlMedia,
  };
}

function misuse(name: string, message: string): StepError {
  return new StepError({ code: `slack.${name}`, message, blame: 'author', arrived: 'no' });
}
