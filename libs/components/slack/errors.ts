import { parseRetryAfter, StepError } from '@millrace/component-sdk';

/** https://docs.slack.dev/reference/methods/chat.postMessage, "Errors": what a workspace's owner has to put right. */
const OPERATOR = new Set([
  'not_authed',
  'invalid_auth',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'missing_scope',
  'no_permission',
  'access_denied',
  'org_login_required',
  'ekm_access_denied',
  'team_access_not_granted',
  'not_allowed_token_type',
  'action_prohibited',
  'invalid_token',
  'no_service',
  'no_team',
  'team_disabled',
  'not_in_channel',
]);
/** Slack's own trouble. It says of these that "some aspect of the operation" may have succeeded. */
const REMOTE = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'rollup_error']);
const RATE_LIMITS = new Set(['ratelimited', 'rate_limited', 'message_limit_exceeded']);

const ADVICE: Record<string, string> = {
  channel_not_found: 'Check the channel, and invite the app to it if it is private.',
  not_in_channel: 'Invite the app to the channel.',
  is_archived: 'Choose a channel that is not archived.',
  channel_is_archived: 'Choose a channel that is not archived.',
  no_text: 'Give a text or blocks.',
  invalid_blocks: "Check the blocks in Slack's Block Kit Builder.",
  msg_too_long: 'Shorten the text.',
  missing_scope: 'Give the app the scope chat:write and install it again.',
  no_service: 'The webhook was removed; create a new one and put its address into the credential.',
};

export interface SlackFailure {
  /** Slack's own name: `channel_not_found`. */
  error: string;
  status: number;
  headers: Readonly<Record<string, string>>;
  /** What Slack says beyond the name. */
  details?: Record<string, unknown>;
}

/** The StepError `slack.<error>`, dashes for underscores. */
export function slackError({ error, status, headers, details }: SlackFailure): StepError {
  return new StepError({
    code: `slack.${error.replaceAll('_', '-')}`,
    message: `Slack answered "${error}". ${ADVICE[error] ?? adviceOf(error)}`,
    ...classOf(error),
    retryAfterMs: parseRetryAfter(headers['retry-after'], new Date()),
    status,
    details,
  });
}

function classOf(error: string): Pick<StepError, 'blame' | 'retryable' | 'arrived'> {
  if (RATE_LIMITS.has(error)) return { blame: 'remote', retryable: true, arrived: 'no' };
  if (REMOTE.has(error)) return { blame: 'remote', retryable: true, arrived: 'maybe' };
  return { blame: OPERATOR.has(error) ? 'operator' : 'author', retryable: false, arrived: 'yes' };
}

function adviceOf(error: string): string {
  if (RATE_LIMITS.has(error)) return 'It asks to slow down. A `rate` on the credential keeps messages within its limit.';
  if (REMOTE.has(error)) return 'It has a problem of its own; it may pass.';
  return OPERATOR.has(error) ? 'Check the credential and what it may do.' : "Slack's page on chat.postMessage explains it.";
}
