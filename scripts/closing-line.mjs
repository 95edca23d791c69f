import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Where the parts of one run of the suite add up; unset for a single part. */
const file = process.env.MILLRACE_TEST_COUNTS;

const MESSAGE_LINES = 6;
const MESSAGE_WIDTH = 200;
const PAGE_WIDTH = 1_400;

/**
 * A Jest reporter that ends the run with the names of the tests that failed and one line of counts: of all parts that have
 * run so far. The names stand there because whoever reads what a CI printed reads its end.
 */
export default class ClosingLine {
  onRunComplete(_contexts, results) {
    const before = file && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { passed: 0, skipped: 0, failures: [] };
    const passed = before.passed + results.numPassedTests;
    const skipped = before.skipped + results.numPendingTests;
    const failures = [...before.failures, ...results.testResults.flatMap(failuresIn)];
    if (file) writeFileSync(file, JSON.stringify({ passed, skipped, failures }));
    const names = failures.map((name) => `Failed: ${name}\n`).join('');
    const line = `${passed} passed, ${failures.length} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`;
    process.on('exit', () => process.stdout.write(names + line));
  }
}

/** One line per failed test of a suite, or one for the suite itself when it could not run. */
function failuresIn({ testFilePath, testExecError, testResults }) {
  const path = relative(process.cwd(), testFilePath);
  if (testExecError) return [`${path} (could not run)`];
  const failed = testResults.filter(({ status }) => status === 'failed');
  return failed.map(({ fullName, failureMessages: [first = '', ...others] }) => {
    const pages = others.filter((message) => message.includes('The page ')).map((message) => message.split('\n')[0].slice(0, PAGE_WIDTH));
    return [`${path}: ${fullName}`, ...beginning(first), ...pages].join('\n    ');
  });
}

/** What a message begins with, without colours: as much as tells what was waited for. */
function beginning(message) {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.slice(0, MESSAGE_LINES).map((line) => line.slice(0, MESSAGE_WIDTH));
}
