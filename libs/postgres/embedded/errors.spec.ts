import { explainFileError, explainOutput } from './errors.js';

it.each([
  ['FATAL:  could not write lock file "postmaster.pid": No space left on device', 'postgres.disk-full', 'Free some space'],
  ['initdb: error: could not create directory "x": Permission denied', 'postgres.permission-denied', 'write access'],
  ['FATAL:  something new', 'postgres.start-failed', 'something new'],
  ['', 'postgres.start-failed', 'DATABASE_URL'],
])('explains the output %j', (output, code, words) => {
  const error = explainOutput('postgres.start-failed', 'Starting Postgres', output);
  expect(error).toMatchObject({ code, message: expect.stringContaining(words) });
});

it('explains file errors that an operator can mend and passes others through', () => {
  const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
  expect(explainFileError(full, 'Writing x')).toMatchObject({ code: 'postgres.disk-full', message: expect.stringContaining('Writing x') });
  const bug = new TypeError('undefined is not a function');
  expect(explainFileError(bug, 'Writing x')).toBe(bug);
});
