import { notFound } from '@millrace/platform';
import { commands } from '../commands/index.js';
import { inCommands } from './wording.js';

describe('a sentence of the API, on the command line,', () => {
  it.each(['flow', 'run', 'event', 'refusal', 'credential', 'endpoint', 'operation'] as const)(
    'names the command that lists each %s',
    (kind) => {
      expect(inCommands(notFound(kind, 'x').message)).toBe(`There is no ${kind} x. millrace ${kind}s lists what there is.`);
      expect(Object.keys(commands)).toContain(`${kind}s`);
    },
  );

  it.each([
    [
      'The run 01920f7a-5c1e is no test. GET /api/v1/runs/01920f7a-5c1e says of which version it is.',
      'The run 01920f7a-5c1e is no test. millrace runs show 01920f7a-5c1e says of which version it is.',
    ],
    [
      'The flow shop has no version 9. GET /api/v1/flows/shop/versions lists them.',
      'The flow shop has no version 9. millrace versions shop lists them.',
    ],
    [
      'Remove it all the same with ?force=true; they get nothing more then.',
      'Remove it all the same with --force; they get nothing more then.',
    ],
    [
      'main calls sub: change it first, or say `force` to archive sub all the same.',
      'main calls sub: change it first, or say --force to archive sub all the same.',
    ],
    ['`perSecond` must be > 0.', '--rate must be > 0.'],
  ])('%s', (message, said) => {
    expect(inCommands(message)).toBe(said);
  });

  it.each([
    'There is no draft of x. GET /api/v1/drafts lists them.',
    'GET /api/v1/runs-of-yesterday, GET /api/v1/flows/shop and GET /api/v1/events/1/body are no commands.',
  ])('stays as it is where there is no command: %s', (message) => {
    expect(inCommands(message)).toBe(message);
  });
});
