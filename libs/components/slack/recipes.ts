import type { CredentialRecipe } from '@millrace/component-sdk';

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, https://docs.slack.dev/authentication/tokens */
export const SLACK_CREDENTIALS: readonly CredentialRecipe[] = [
  {
    title: 'Slack incoming webhook',
    help: 'api.slack.com/apps, your app, Incoming Webhooks. Each is for one channel.',
    definition: { type: 'api-key', in: 'url' },
    asks: { secret: 'Webhook URL, https://hooks.slack.com/services/…' },
  },
  {
    title: 'Slack bot token',
    help: 'api.slack.com/apps, your app, OAuth & Permissions. It needs the scope chat:write.',
    definition: { type: 'api-key', in: 'header', name: 'authorization', prefix: 'Bearer ' },
    asks: { secret: 'Bot token, xoxb-…' },
  },
];
