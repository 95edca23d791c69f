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
  'http.bad-json': 'The answer is not JSON',
  'props.invalid': 'A field does not fit',
  'output.not-json': 'The output is not JSON',
  'component.crashed': 'The component crashed',
  'component.unknown': 'The component is not installed',
  'flow.stopped': 'The flow stopped itself',
  'run.poison': 'The run was set aside',
  'crash.in-flight': 'Interrupted by a crash',
};

interface Coded {
  readonly code: string;
}

/** Why an error that may pass was not tried again, and what would change that. */
export function unsafeWords({ code }: Coded): string {
  return `It was not tried again by itself: the step may have taken effect, and would then do so twice. Where that does no harm, name ${code} in "on" of its retry.`;
}

/** What happened, in a few words; the code where there are none. */
export function errorTitle({ code }: Coded): string {
  const status = /^http\.(\d{3})$/.exec(code)?.[1];
  return status === undefined ? (TITLES[code] ?? code) : `Answered ${status}`;
}
