import { listed, suggestion } from '../names.js';

/**
 * What people write who know how another format calls it (GitHub Actions, AWS States Language, n8n, Serverless Workflow): the keys
 * that this format has for it, of which those count that fit the place.
 */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  use: ['uses', 'component', 'action', 'resource'],
  with: ['props', 'params', 'parameters', 'arguments', 'args', 'config', 'input', 'inputs'],
  input: ['with', 'params', 'parameters', 'arguments', 'args', 'payload', 'inputs'],
  steps: ['do', 'body', 'jobs', 'nodes', 'actions', 'states', 'tasks'],
  then: ['do', 'steps', 'true'],
  else: ['otherwise', 'false'],
  default: ['else', 'otherwise'],
  cases: ['branches', 'choices'],
  parallel: ['branches'],
  forEach: ['for', 'loop', 'each', 'foreach', 'map'],
  repeat: ['while', 'do', 'doWhile', 'loop', 'pages', 'paginate', 'poll'],
  while: ['until', 'condition', 'if'],
  limit: ['max', 'maxIterations', 'maxRounds', 'times'],
  as: ['item', 'itemName'],
  concurrency: ['maxConcurrency', 'max-parallel', 'batchSize'],
  when: ['if', 'condition', 'filter'],
  retry: ['retries', 'attempts', 'maxAttempts'],
  timeout: ['timeout-minutes', 'timeoutSeconds', 'timeoutMs', 'deadline'],
  onError: ['catch', 'continue-on-error', 'continueOnError', 'errors'],
  wait: ['delay', 'sleep', 'pause'],
  trigger: ['on', 'triggers', 'start', 'webhook'],
  name: ['title', 'label'],
  note: ['comment', 'description', 'notes'],
  credential: ['credentials', 'auth', 'secret', 'connection'],
  enabled: ['active'],
  set: ['vars', 'variables', 'let', 'assign'],
  stop: ['exit', 'fail', 'end', 'succeed'],
  respond: ['response', 'reply', 'answer'],
  call: ['workflow', 'subflow', 'flow'],
  cron: ['schedule'],
};

/** As `suggestion`, for a key of the format: what other formats call by this name comes before what is spelled alike. */
export function keySuggestion(name: string, keys: readonly string[]): string {
  const meant = Object.keys(SYNONYMS).filter((key) => keys.includes(key) && SYNONYMS[key]!.includes(name));
  if (meant.length === 0) return suggestion(name, keys);
  return meant.length === 1 ? ` Did you mean \`${meant[0]}\`?` : ` Did you mean one of ${listed(meant)}?`;
}
