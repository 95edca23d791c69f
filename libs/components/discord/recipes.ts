import type { CredentialRecipe } from '@millrace/component-sdk';

/** https://docs.discord.com/developers/resources/webhook, https://docs.discord.com/developers/reference ("Authentication") */
export const DISCORD_CREDENTIALS: readonly CredentialRecipe[] = [
  {
    title: 'Discord webhook',
    help: 'The settings of the channel, Integrations, Webhooks, Copy webhook URL.',
    definition: { type: 'api-key', in: 'url' },
    asks: { secret: 'Webhook URL, https://discord.com/api/webhooks/…' },
  },
  {
    title: 'Discord bot token',
    help: 'discord.com/developers, your application, Bot.',
    definition: { type: 'api-key', in: 'header', name: 'authorization', prefix: 'Bot ' },
    asks: { secret: 'Bot token' },
  },
];
