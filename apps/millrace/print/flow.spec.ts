import type { FlowItem } from '../../control-api/index.js';
import { flowTable } from './flow.js';

const flow: FlowItem = {
  id: 'hello',
  name: null,
  note: null,
  version: 3,
  enabled: true,
  paused: false,
  state: 'live',
  problems: [],
  trigger: {
    type: 'webhook',
    url: 'http://127.0.0.1:3000/flows/hello/hook',
    methods: ['POST'],
    credential: null,
    listensTo: null,
    schedule: null,
    timezone: null,
  },
};
const problem = { severity: 'error', code: 'x', message: 'There is no `totl`.', path: '', line: 1, column: 1 } as const;
const by = { ...flow.trigger!, url: null };

it.each([
  [flow, /^hello +3 +enabled +POST http:\S+hook$/],
  [{ ...flow, state: 'paused' }, /^hello +3 +paused/],
  [{ ...flow, problems: [problem] }, /^hello +3 +enabled .*There is no `totl`\.$/],
  [
    {
      ...flow,
      version: 0,
      state: 'not-enabled',
      trigger: null,
      problems: [{ ...problem, severity: 'warning', message: 'w' }, problem, problem],
    },
    /^hello +- +not enabled +- +There is no `totl`\. \(and 1 more\)$/,
  ],
  [{ ...flow, trigger: { ...by, type: 'event', listensTo: 'order.*' } }, /event order\.\*$/],
  [{ ...flow, trigger: { ...by, type: 'schedule', schedule: '0 6 * * *', timezone: 'UTC' } }, /schedule 0 6 \* \* \* \(UTC\)$/],
  [{ ...flow, trigger: { ...by, type: 'call' } }, /enabled +call$/],
] as [FlowItem, RegExp][])('a flow is a line with its version, its state and what starts it: %#', (item, line) => {
  expect(flowTable({ items: [item] }).split('\n')[1]).toMatch(line);
});
