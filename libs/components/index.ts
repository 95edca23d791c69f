import type { Component } from '@millrace/component-sdk';
import { sendMessage as discordSendMessage } from './discord/send-message.js';
import { emit } from './event/emit.js';
import { request } from './http/request.js';
import { upsertContact } from './hubspot/upsert-contact.js';
import { log } from './log.js';
import { set } from './set.js';
import { sendMessage as slackSendMessage } from './slack/send-message.js';
import { createTicket } from './zendesk/create-ticket.js';

/** The components that come with Millrace. */
export const builtinComponents: readonly Component[] = [
  request,
  slackSendMessage,
  discordSendMessage,
  upsertContact,
  createTicket,
  emit,
  log,
  set,
];
