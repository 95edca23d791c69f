const TITLES: Readonly<Record<string, string>> = {
  timeout: 'Timed out',
  cancelled: 'Cancelled',
  'network.dns': 'The name was not found',
  'network.refused': 'The connection was refused',
  'network.tls': 'No trusted connection',
  'network.reset': 'The connection broke',
  'network.protocol': 'Not an HTTP answer',
  'address.blocked': 'The address is not allowed',
  'response.too-large': 'The answer was too large',
  'expression.missing': 'A value is missing',
  'expression.failed': 'An expression failed',
  'expression.timeout': 'An expression took too long',
  'trigger.schema': 'The event does not fit',
  'wait.timeout': 'Nobody answered in time',
  'wait.bad-time': 'There is no such time',
  'wait.bad-question': 'The question cannot be shown',
  'loop.not-a-list': 'There is no list to go through',
  'loop.too-long': 'The list is too long',
  'call.failed': 'The called flow failed',
  'call.invalid-input': 'The input does not fit the called flow',
  'call.unknown-flow': 'There is no such flow',
  'call.too-deep': 'Flows call each other too deep',
  'http.redirected': 'Sent on elsewhere',
  'http.bad-url': 'That is no address',
  'http.bad-request': 'The request cannot be made',
  'http.bad-encoding': 'The answer cannot be unpacked',
  'http.bad-json': 'The answer is not JSON',
  'props.invalid': 'A field does not fit',
  'output.not-json': 'The output is not JSON',
  'output.too-large': 'The output is too large',
  'credential.unavailable': 'The credential cannot be used',
  'component.crashed': 'The component crashed',
  'component.unknown': 'The component is not installed',
  'flow.stopped': 'The flow stopped itself',
  'flow.not-runnable': 'The flow cannot run',
  'run.poison': 'The run was set aside',
  'run.too-many-steps': 'Too many steps',
  'run.too-long': 'The run took too long',
  'run.journal-too-large': 'The run kept too much',
  'run.broken-off': 'The run was broken off',
  'crash.in-flight': 'Interrupted by a crash',
};

interface Coded {
  readonly code: string;
}

/** Why an error that may pass was not tried again, and what would change that. */
export function unsafeWords({ code }: Coded): string {
  return `It was not tried again by itself: the step may have taken effect, and would then do so twice. Where that does no harm, name ${code} in "on" of its retry.`;
}

/** What happened, in a few words. Codes of vendors and plugins are read out: `slack.invalid-auth` as "Slack: invalid auth". */
export function errorTitle({ code }: Coded): string {
  const status = /^http\.(\d{3})$/.exec(code)?.[1];
  return status === undefined ? (TITLES[code] ?? readOut(code)) : `Answered ${status}`;
}

function readOut(code: string): string {
  const [, vendor, rest] = /^([a-z][a-z0-9]*)\.([a-z0-9-]+)$/.exec(code) ?? [];
  return vendor === undefined ? code : `${vendor.charAt(0).toUpperCase()}${vendor.slice(1)}: ${rest!.replaceAll('-', ' ')}`;
}
